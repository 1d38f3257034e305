package console

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"

	"spravka/engine/host"
)

var fileIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// serveFile sends an attachment to an operator. Only images are shown in the browser; nothing in a file may run.
func (c *Console) serveFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if !fileIDPattern.MatchString(id) {
		return problem(http.StatusNotFound, "problem.no_file")
	}
	file, content, err := c.Files.OpenFile(r.Context(), id)
	if errors.Is(err, host.ErrNotFound) {
		return problem(http.StatusNotFound, "problem.no_file")
	}
	if err != nil {
		return err
	}
	defer content.Close()
	if err := c.audit(r.Context(), v, "file.open", id); err != nil {
		return err
	}
	kind, shown := file.MIME, "attachment"
	switch kind {
	case "image/jpeg", "image/png":
		shown = "inline"
	case "application/pdf":
	default:
		kind = "application/octet-stream"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(shown, map[string]string{"filename": fileName(file.Name, "")}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	if file.Size > 0 {
		h.Set("Content-Length", itoa(file.Size))
	}
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, content); err != nil && r.Context().Err() == nil {
		c.config.Log.WarnContext(r.Context(), "console: a file broke off", "error", err)
	}
	return nil
}
