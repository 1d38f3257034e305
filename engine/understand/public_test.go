//go:build measure

package understand

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPublicSets measures the public sets, where SPRAVKA_PUBLIC names their folder.
func TestPublicSets(t *testing.T) {
	dir := os.Getenv("SPRAVKA_PUBLIC")
	if dir == "" {
		t.Fatal("set SPRAVKA_PUBLIC to the folder of the public sets")
	}
	read := func(name string) []Case {
		if name == "" {
			return nil
		}
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cases, err := ReadTSV(f)
		if err != nil {
			t.Fatal(err)
		}
		return cases
	}
	for _, x := range []struct {
		train, test, oos string
		floor            float64
	}{
		{"ru_hwu20/train.tsv", "ru_hwu20/test.tsv", "", 0.85},
		{"banking77/train.tsv", "banking77/test.tsv", "", 0.90},
		{"clinc/train.tsv", "clinc/test.tsv", "clinc/oos_test.tsv", 0.92},
	} {
		if testing.Short() && x.train != "ru_hwu20/train.tsv" {
			continue
		}
		rep, err := EvaluateSets(read(x.train), read(x.test), read(x.oos), stopwatch())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: top1 %.4f top3 %.4f auroc %.4f p50 %.0f µs p99 %.0f µs, trained in %.0f ms", x.train, rep.Top1, rep.Top3, rep.AUROC, rep.P50us, rep.P99us, rep.TrainMS)
		if rep.Top1 < x.floor {
			t.Errorf("%s: top1 %.4f, floor %.2f", x.train, rep.Top1, x.floor)
		}
	}
}
