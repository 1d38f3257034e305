//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// takeLock locks the file for as long as it stays open. The kernel lets go of it when the process dies, however it dies;
// the file itself stays, because removing it would race with the next process.
func takeLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := make([]byte, 32)
		n, _ := file.ReadAt(holder, 0)
		err = fmt.Errorf("it is in use by another process (pid %s, lock file %s): stop that one first, or choose another file",
			strings.TrimSpace(string(holder[:n])), path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := noteHolder(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// noteHolder writes the process id into the lock file, for the message that the next process shows.
func noteHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt(fmt.Appendln(nil, os.Getpid()), 0)
	return err
}
