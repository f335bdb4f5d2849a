package db

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"regulars/internal/fault"
)

// lockName is the file in the data folder whose lock says that a process uses
// the folder. The lock ends with the process, however that dies.
const lockName = "regulars.lock"

// folderLock is held while a process may write in a data folder.
type folderLock struct{ file *os.File }

// lockFolder makes the folder if it is missing and takes its lock, or says who
// has it.
func lockFolder(dir string) (*folderLock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, folderFault(dir, err)
	}
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, folderFault(dir, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, inUse(dir, file)
		}
		return nil, fmt.Errorf("locking the data folder %s: %w", dir, err)
	}
	return &folderLock{file}, note(file)
}

// note leaves the process number for whoever finds the folder locked.
func note(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	if _, err := file.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0); err != nil {
		return folderFault(filepath.Dir(file.Name()), err)
	}
	return nil
}

func inUse(dir string, file *os.File) error {
	var b [32]byte
	n, _ := file.ReadAt(b[:], 0)
	process := strings.TrimSpace(string(b[:n]))
	return fault.Conflict("data_folder_in_use",
		"the data folder %s is in use by another regulars process (number %s): stop that one first, or choose another folder with --dir", dir, process).
		With("folder", dir).With("process", process)
}

// folderFault says what a user can mend when files cannot be written in dir.
func folderFault(dir string, err error) error {
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return diskFull("the disk that holds the folder " + dir + " is full: free some space, then try again").Because(err)
	case errors.Is(err, unix.EROFS), errors.Is(err, os.ErrPermission):
		return readOnly("the folder " + dir).Because(err)
	}
	return fmt.Errorf("writing in the folder %s: %w", dir, err)
}

// makeFile makes the database's file if it is missing, not for everybody to
// read: SQLite would ask only the user's mask, and gives its other files the
// rights of this one.
func makeFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o640)
	if err != nil {
		return folderFault(filepath.Dir(path), err)
	}
	return file.Close()
}

// release gives the folder free. A nil lock is none.
func (l *folderLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
