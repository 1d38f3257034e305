package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"spravka/engine/host"
)

const (
	filePart = 256 << 10 // bytes of one row of content

	addFile = `INSERT INTO files (file_id, channel, peer, name, mime, size, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (file_id) DO NOTHING RETURNING id`
	addPart  = `INSERT INTO file_parts (file, part, body) VALUES ($1, $2, $3)`
	fileByID = `SELECT id, file_id, channel, peer, name, mime, size, at FROM files WHERE file_id = $1`
	partOf   = `SELECT body FROM file_parts WHERE file = $1 AND part = $2`
	filesOf  = `SELECT COUNT(*), COALESCE(SUM(size), 0) FROM files WHERE channel = $1 AND peer = $2 AND at >= $3`
)

// SaveFile implements [host.Files]. The size stored is that of the content.
func (s *Store) SaveFile(ctx context.Context, f host.File, content []byte) error {
	if err := checkFile(f, content); err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	taken := false
	err := s.writer.do(ctx, groupWeight, func(t *tx) error {
		var id int64
		err := t.row(addFile, f.ID, f.Peer.Channel, f.Peer.ID, f.Name, f.MIME, len(content), millis(f.At)).Scan(&id)
		if taken = errors.Is(err, sql.ErrNoRows); taken {
			return nil
		}
		if err != nil {
			return err
		}
		for part := 0; part*filePart < len(content); part++ {
			body := content[part*filePart : min((part+1)*filePart, len(content))]
			if _, err := t.exec(addPart, id, part, body); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && taken {
		err = errors.New("a file of this identifier exists")
	}
	return wrap("save file "+f.ID, err)
}

func checkFile(f host.File, content []byte) error {
	if len(content) > MaxFile {
		return fmt.Errorf("it has %d bytes, more than %d", len(content), MaxFile)
	}
	if f.Size != 0 && f.Size != int64(len(content)) {
		return fmt.Errorf("it has %d bytes, though its size was given as %d", len(content), f.Size)
	}
	if err := bounded("its identifier", f.ID, 1, maxName); err != nil {
		return err
	}
	if err := bounded("its name", f.Name, 0, maxLine); err != nil {
		return err
	}
	if err := bounded("its type", f.MIME, 0, 255); err != nil {
		return err
	}
	return checkPeer(f.Peer)
}

// OpenFile implements [host.Files]. The content is read from the database as it is consumed, 256 KiB at a time.
func (s *Store) OpenFile(ctx context.Context, id string) (host.File, io.ReadCloser, error) {
	f, err := one(ctx, s, scanFile, fileByID, id)
	if err != nil {
		return host.File{}, nil, wrap("open file", err)
	}
	return f.File, &fileReader{ctx: ctx, store: s, file: f.row, left: f.Size}, nil
}

// FilesOf implements [host.Files].
func (s *Store) FilesOf(ctx context.Context, p host.Peer, since time.Time) (count int, bytes int64, err error) {
	type sum struct {
		count int
		bytes int64
	}
	total, err := one(ctx, s, func(row rowScanner) (v sum, err error) {
		err = row.Scan(&v.count, &v.bytes)
		return v, err
	}, filesOf, p.Channel, p.ID, millis(since))
	return total.count, total.bytes, wrap("files of a peer", err)
}

type storedFile struct {
	host.File
	row int64
}

func scanFile(row rowScanner) (f storedFile, err error) {
	var at int64
	err = row.Scan(&f.row, &f.ID, &f.Peer.Channel, &f.Peer.ID, &f.Name, &f.MIME, &f.Size, &at)
	f.At = moment(at)
	return f, err
}

// fileReader reads a file part by part.
type fileReader struct {
	ctx   context.Context
	store *Store
	file  int64
	part  int
	rest  []byte // of the part read last
	left  int64  // bytes not handed out yet
}

// Read implements [io.Reader]. A file that is removed meanwhile ends with io.ErrUnexpectedEOF.
func (r *fileReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	if len(r.rest) == 0 {
		body, err := one(r.ctx, r.store, scanBytes, partOf, r.file, r.part)
		if errors.Is(err, host.ErrNotFound) {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, wrap("read file", err)
		}
		r.rest = body
		r.part++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	r.left -= int64(n)
	return n, nil
}

// Close implements [io.Closer].
func (r *fileReader) Close() error {
	r.left, r.rest = 0, nil
	return nil
}

func scanBytes(row rowScanner) (b []byte, err error) {
	err = row.Scan(&b)
	return b, err
}
