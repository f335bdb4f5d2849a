package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Machine describes in one line what was measured on: processor, cores,
// memory, kernel, and the disk of the folder.
func Machine(dir string) string {
	parts := []string{fmt.Sprintf("%s, %d cores", processor(), runtime.NumCPU())}
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		parts = append(parts, fmt.Sprintf("%d GB of memory", (info.Totalram*uint64(info.Unit)+1<<29)>>30))
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		parts = append(parts, "Linux "+unix.ByteSliceToString(name.Release[:]))
	}
	if d := disk(dir); d != "" {
		parts = append(parts, "disk "+d)
	}
	return strings.Join(append(parts, runtime.Version()), ", ")
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range bytes.Lines(text) {
		if name, value, _ := strings.Cut(string(line), ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// disk returns device and file system of the longest mount that holds the
// folder.
func disk(dir string) string {
	path, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	text, _ := os.ReadFile("/proc/self/mounts")
	best, at := "", ""
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 3 || len(f[1]) < len(at) || !within(path, f[1]) {
			continue
		}
		best, at = f[0]+" ("+f[2]+")", f[1]
	}
	return best
}

func within(path, mount string) bool {
	return mount == "/" || path == mount || strings.HasPrefix(path, mount+"/")
}
