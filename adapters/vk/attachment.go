package vk

import (
	"encoding/json"
	"net/url"

	"github.com/SevereCloud/vksdk/v2/object"
)

const maxAttachments = 10 // of a message, as VK has it

// attachment is a photo or a document that can be fetched.
type attachment struct {
	address string
	name    string
	size    int64 // bytes as VK says, 0 if it says nothing
}

// readAttachments finds what can be fetched. strange reports that there is something else which a citizen would expect
// us to see; what merely decorates a text, such as the preview of a link, is none of that.
func readAttachments(raw json.RawMessage) (found []attachment, strange bool) {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil, present(raw)
	}
	for _, one := range all {
		var kind struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(one, &kind) != nil {
			strange = true
			continue
		}
		at, ok := attachment{}, false
		switch kind.Type {
		case "photo":
			at, ok = readPhoto(one)
		case "doc":
			at, ok = readDoc(one)
		case "link":
			continue
		}
		if !ok || len(found) == maxAttachments {
			strange = true
			continue
		}
		found = append(found, at)
	}
	return found, strange
}

// readPhoto takes the largest picture.
func readPhoto(raw []byte) (attachment, bool) {
	var o struct {
		Photo object.PhotosPhoto `json:"photo"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return attachment{}, false
	}
	best := object.PhotosPhotoSizes{}
	for _, s := range o.Photo.Sizes {
		if fetchable(s.URL) && (best.URL == "" || s.Width*s.Height >= best.Width*best.Height) {
			best = s
		}
	}
	return attachment{address: best.URL, name: "photo"}, best.URL != ""
}

func readDoc(raw []byte) (attachment, bool) {
	var o struct {
		Doc object.DocsDoc `json:"doc"`
	}
	if json.Unmarshal(raw, &o) != nil || !fetchable(o.Doc.URL) {
		return attachment{}, false
	}
	return attachment{address: o.Doc.URL, name: o.Doc.Title, size: int64(o.Doc.Size)}, true
}

func fetchable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && len(address) <= 4096 && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http")
}
