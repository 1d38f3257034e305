package understand

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
)

// The cache is one block: a magic word with the version, a length, the body, a checksum. What is cheap to derive (word features, indexes of the
// speller) is derived on reading.
const magic = "SPRVKU"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the part of a model that is small and has structure.
type header struct {
	Hash     string
	Options  Options
	Classes  []headerClass
	Synonyms [][]string
	Polite   []string
	Docs     int
	Cal      calibration
}

type headerClass struct {
	ID        string
	Kind      kind
	Sensitive bool
}

// WriteTo stores a model.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	h := header{Hash: m.hash, Options: m.opt, Synonyms: m.syn, Polite: m.polite, Docs: m.sp.docs, Cal: m.cal}
	for _, c := range m.classes {
		h.Classes = append(h.Classes, headerClass{c.id, c.kind, c.sensitive})
	}
	head, err := json.Marshal(h)
	if err != nil {
		return 0, fmt.Errorf("understand: cache: %w", err)
	}
	var e encoder
	e.bytes(head)
	e.size(len(m.phrases))
	for _, p := range m.phrases {
		e.bytes([]byte(p.text))
		e.size(int(p.class))
	}
	e.size(len(m.sp.lex.words))
	for i := range m.sp.lex.words {
		x := &m.sp.lex.words[i]
		e.bytes([]byte(x.text))
		e.bytes([]byte(x.stem))
		typo := 0
		if x.typo {
			typo = 1
		}
		e.size(int(x.count)<<1 | typo)
	}
	e.size(len(m.sp.keys))
	for i, k := range m.sp.keys {
		e.b = binary.LittleEndian.AppendUint64(e.b, k)
		e.b = append(e.b, m.sp.group[i])
		e.size(int(m.sp.df[i]))
	}
	e.floats(m.lin.w)
	e.floats(m.lin.bias)
	e.floats(m.nt.in)
	e.floats(m.nt.inBias[:])
	e.floats(m.nt.out)
	e.floats(m.nt.outBias)
	e.ints(m.nb.start)
	e.ints(m.nb.doc)
	e.floats(m.nb.val)
	e.floats(m.nb.size)
	e.size(len(m.exact))
	for _, k := range slices.Sorted(maps.Keys(m.exact)) {
		e.b = binary.LittleEndian.AppendUint64(e.b, k)
		e.size(int(m.exact[k] + 1))
	}
	out := append([]byte(magic), byte(version>>8), byte(version))
	out = binary.LittleEndian.AppendUint64(out, uint64(len(e.b)))
	out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(e.b, castagnoli))
	n, err := w.Write(out)
	if err != nil {
		return int64(n), err
	}
	k, err := w.Write(e.b)
	return int64(n + k), err
}

// maxCache bounds what Read allocates for a damaged length.
const maxCache = 1 << 30

// Read loads a model that WriteTo has stored. It fails on another version, a damaged or a truncated cache; the caller then trains anew.
func Read(r io.Reader) (*Model, error) {
	var head [len(magic) + 2 + 8 + 4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("understand: cache: %w", err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, errors.New("understand: cache: not a model")
	}
	if v := int(head[len(magic)])<<8 | int(head[len(magic)+1]); v != version {
		return nil, fmt.Errorf("understand: cache: version %d, want %d", v, version)
	}
	size := binary.LittleEndian.Uint64(head[len(magic)+2:])
	if size > maxCache {
		return nil, errors.New("understand: cache: damaged length")
	}
	body, err := readBody(r, int(size))
	if err != nil {
		return nil, fmt.Errorf("understand: cache: %w", err)
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[len(head)-4:]) {
		return nil, errors.New("understand: cache: checksum does not match")
	}
	return decode(body)
}

// readBody reads a known length without trusting it: memory grows with what really comes.
func readBody(r io.Reader, size int) ([]byte, error) {
	const step = 32 << 20
	body := make([]byte, 0, min(size, step))
	for len(body) < size {
		n := min(step, size-len(body))
		at := len(body)
		body = append(body, make([]byte, n)...)
		if _, err := io.ReadFull(r, body[at:]); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func decode(body []byte) (*Model, error) {
	d := &decoder{b: body}
	var h header
	if err := json.Unmarshal(d.bytes(), &h); err != nil {
		return nil, fmt.Errorf("understand: cache: %w", err)
	}
	m := &Model{hash: h.Hash, opt: h.Options, syn: h.Synonyms, polite: h.Polite, cal: h.Cal}
	for _, c := range h.Classes {
		m.classes = append(m.classes, class{c.ID, c.Kind, c.Sensitive})
	}
	m.prepare()
	label := make([]int32, d.size())
	m.phrases = make([]phrase, len(label))
	for i := range m.phrases {
		m.phrases[i] = phrase{string(d.bytes()), int32(d.size())}
		label[i] = m.phrases[i].class
	}
	lex := m.sp.lex
	lex.words = make([]lexeme, d.size())
	lex.index = make(map[string]int32, len(lex.words))
	for i := range lex.words {
		x := &lex.words[i]
		x.text, x.stem = string(d.bytes()), string(d.bytes())
		n := d.size()
		x.count, x.typo = int32(n>>1), n&1 == 1
		x.key = hashString(groupWord, x.stem)
		x.items = m.sp.con.match(x.text, x.stem, nil)
		lex.index[x.text] = int32(i)
	}
	n := d.size()
	m.sp.keys, m.sp.group, m.sp.df = make([]uint64, n), make([]uint8, n), make([]int32, n)
	for i := range m.sp.keys {
		m.sp.keys[i] = d.uint64()
		m.sp.group[i] = d.byte()
		m.sp.df[i] = int32(d.size())
	}
	m.sp.docs = h.Docs
	m.lin = &linear{classes: len(m.classes) + 1, w: d.floats(), bias: d.floats()}
	m.nt = &net{classes: len(m.classes), in: d.floats()}
	biases := copy(m.nt.inBias[:], d.floats())
	m.nt.out, m.nt.outBias = d.floats(), d.floats()
	m.nb = &neighbours{start: d.ints(), doc: d.ints(), val: d.floats(), label: label, n: len(label), size: d.floats()}
	k := d.size()
	m.exact = make(map[uint64]int32, min(k, len(m.phrases)))
	for ; k > 0 && d.err == nil; k-- {
		key := d.uint64()
		m.exact[key] = int32(d.size()) - 1
	}
	if d.err == nil && (len(m.lin.w) != n*(len(m.classes)+1) || len(m.nb.start) != n+1 || len(m.nt.in) != n*hidden || biases != hidden || len(m.nt.out) != len(m.classes)*hidden || len(m.nt.outBias) != len(m.classes)) {
		d.err = errors.New("understand: cache: parts do not fit")
	}
	if d.err != nil {
		return nil, d.err
	}
	// Independent of each other: repair reads the words, finish gives them their features.
	parallel(3, func(part int) {
		switch part {
		case 0:
			m.sp.finish()
		case 1:
			m.rep = newRepairer(m.sp)
		case 2:
			m.relate()
		}
	})
	return m, nil
}

// encoder and decoder write and read the flat parts.
type encoder struct{ b []byte }

func (e *encoder) size(n int)     { e.b = binary.AppendUvarint(e.b, uint64(n)) }
func (e *encoder) bytes(s []byte) { e.size(len(s)); e.b = append(e.b, s...) }

func (e *encoder) floats(x []float32) {
	e.size(len(x))
	for _, v := range x {
		e.b = binary.LittleEndian.AppendUint32(e.b, math.Float32bits(v))
	}
}

func (e *encoder) ints(x []int32) {
	e.size(len(x))
	for _, v := range x {
		e.b = binary.LittleEndian.AppendUint32(e.b, uint32(v))
	}
}

type decoder struct {
	b   []byte
	err error
}

var errShort = errors.New("understand: cache: ends early")

// size reads a number; it can't exceed what is left, since everything counted takes at least a byte, or it is an index.
func (d *decoder) size() int {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > maxCache {
		d.err = errShort
		d.b = nil
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		d.err = errShort
		d.b = nil
		return nil
	}
	s := d.b[:n]
	d.b = d.b[n:]
	return s
}

func (d *decoder) bytes() []byte { return d.take(d.size()) }

func (d *decoder) byte() byte {
	if s := d.take(1); s != nil {
		return s[0]
	}
	return 0
}

func (d *decoder) uint64() uint64 {
	if s := d.take(8); s != nil {
		return binary.LittleEndian.Uint64(s)
	}
	return 0
}

func (d *decoder) floats() []float32 {
	s := d.take(4 * d.size())
	out := make([]float32, len(s)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(s[4*i:]))
	}
	return out
}

func (d *decoder) ints() []int32 {
	s := d.take(4 * d.size())
	out := make([]int32, len(s)/4)
	for i := range out {
		out[i] = int32(binary.LittleEndian.Uint32(s[4*i:]))
	}
	return out
}
