package webchat

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// The widget must stay small: 15 KiB as it goes over the wire.
func TestScriptFitsIn15KiB(t *testing.T) {
	t.Logf("spravka.js: %d bytes, %d with gzip", len(scriptAsset.plain), len(scriptAsset.zipped))
	if n := len(scriptAsset.zipped); n > 15<<10 {
		t.Errorf("the script takes %d bytes with gzip, %d more than allowed", n, n-15<<10)
	}
	z, err := gzip.NewReader(bytes.NewReader(scriptAsset.zipped))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, scriptAsset.plain) {
		t.Errorf("what is served with gzip is not the script (error %v)", err)
	}
}
