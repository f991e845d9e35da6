// SPDX-License-Identifier: MIT
//
// What Go's encoding/json makes of create bodies, as Docker 20.10 reads them (moby runconfig:
// ContainerConfigWrapper).  "oracle make SEED COUNT" writes bodies, base64, one a line: seeds of the
// project's own, changed at random where readers differ.  "oracle read" turns such lines into
// readings; "refused" is one, too.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
)

// strSlice is moby's strslice.StrSlice: a list, or one string.
type strSlice []string

func (s *strSlice) UnmarshalJSON(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	p := make([]string, 0, 1)
	if err := json.Unmarshal(b, &p); err != nil {
		var one string
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		p = append(p, one)
	}
	*s = p
	return nil
}

type Config struct {
	Hostname, User, Image, WorkingDir string
	Env                               []string
	Cmd, Entrypoint                   strSlice
	Labels                            map[string]string
}

type device struct{ PathOnHost string }

type mount struct {
	Type, Source, Target string
	ReadOnly             bool
}

type HostConfig struct {
	Binds                                              []string
	NetworkMode, PidMode, IpcMode, UTSMode, UsernsMode string
	VolumesFrom                                        []string
	CapAdd, CapDrop                                    strSlice
	Privileged, ReadonlyRootfs                         bool
	SecurityOpt                                        []string
	Sysctls                                            map[string]string
	Runtime, CgroupParent, VolumeDriver                string
	Numbers
	Devices           []device
	DeviceCgroupRules []string
	Mounts            []mount
	MaskedPaths       []string
	ReadonlyPaths     []string
}

// Numbers are apart because CPUShares has another name on the wire.
type Numbers struct {
	Memory, MemorySwap, NanoCpus, OomScoreAdj int64
	CPUShares                                 int64 `json:"CpuShares"`
}

type wrapper struct {
	*Config
	Inner *HostConfig `json:"HostConfig,omitempty"`
	*HostConfig
}

func (w *wrapper) host() *HostConfig {
	hc := w.HostConfig
	if w.Inner == nil {
		return hc
	}
	if hc != nil {
		if hc.Numbers.Memory != 0 && w.Inner.Numbers.Memory == 0 {
			w.Inner.Numbers.Memory = hc.Numbers.Memory
		}
		if hc.Numbers.MemorySwap != 0 && w.Inner.Numbers.MemorySwap == 0 {
			w.Inner.Numbers.MemorySwap = hc.Numbers.MemorySwap
		}
		if hc.Numbers.CPUShares != 0 && w.Inner.Numbers.CPUShares == 0 {
			w.Inner.Numbers.CPUShares = hc.Numbers.CPUShares
		}
		if hc.VolumeDriver != "" && w.Inner.VolumeDriver == "" {
			w.Inner.VolumeDriver = hc.VolumeDriver
		}
	}
	return w.Inner
}

type reading struct{ strings.Builder }

func (r *reading) text(s string)  { r.WriteString(hex.EncodeToString([]byte(s)) + "|") }
func (r *reading) number(n int64) { r.WriteString(strconv.FormatInt(n, 10) + "|") }
func (r *reading) flag(b bool)    { r.WriteString(strconv.FormatBool(b) + "|") }
func (r *reading) list(l []string) {
	for _, s := range l {
		r.WriteString(hex.EncodeToString([]byte(s)) + ",")
	}
	r.WriteString("|")
}

func (r *reading) pairs(m map[string]string) {
	var l []string
	for k, v := range m {
		l = append(l, k+"="+v)
	}
	sort.Strings(l)
	r.list(l)
}

func capabilities(l []string) []string {
	var out []string
	for _, c := range l {
		out = append(out, strings.TrimPrefix(strings.ToUpper(c), "CAP_"))
	}
	return out
}

func (r *reading) mounts(h *HostConfig) {
	for _, b := range h.Binds {
		p := strings.SplitN(b, ":", 3)
		if len(p) == 1 {
			p = []string{"", p[0]}
		}
		r.list(p[:2])
	}
	for _, m := range h.Mounts {
		if m.Type == "bind" && !strings.HasPrefix(m.Source, "/") {
			m.Source = "/" + m.Source
		}
		r.list([]string{m.Source, m.Target, strconv.FormatBool(m.ReadOnly)})
	}
}

func read(body []byte) string {
	var w wrapper
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&w); err != nil {
		return "refused"
	}
	c, h := w.Config, w.host()
	if c == nil {
		c = &Config{}
	}
	if h == nil {
		h = &HostConfig{}
	}
	var r reading
	for _, s := range []string{c.Image, c.User, c.Hostname, c.WorkingDir, h.NetworkMode, h.PidMode, h.IpcMode, h.UTSMode, h.UsernsMode, h.Runtime, h.CgroupParent, h.VolumeDriver} {
		r.text(s)
	}
	for _, l := range [][]string{c.Env, c.Cmd, c.Entrypoint, h.VolumesFrom, capabilities(h.CapAdd), capabilities(h.CapDrop), h.SecurityOpt, h.DeviceCgroupRules} {
		r.list(l)
	}
	r.pairs(c.Labels)
	r.pairs(h.Sysctls)
	for _, b := range []bool{h.Privileged, h.ReadonlyRootfs, h.MaskedPaths != nil, h.ReadonlyPaths != nil} {
		r.flag(b)
	}
	for _, n := range []int64{h.Numbers.Memory, h.Numbers.MemorySwap, h.Numbers.NanoCpus, h.Numbers.OomScoreAdj, h.Numbers.CPUShares} {
		r.number(n)
	}
	for _, d := range h.Devices {
		r.text(d.PathOnHost)
	}
	r.mounts(h)
	return r.String()
}

var seeds = []string{
	`{"Image":"busybox","HostConfig":{"Privileged":true}}`,
	`{"Hostname":"h","User":"1000","Env":["A=b","C=d"],"Cmd":["sh","-c","x"],"Image":"busybox:1","WorkingDir":"/w","Labels":{"a":"b","c":"d"},"HostConfig":{"Binds":["/etc:/e:ro","v:/d"],"NetworkMode":"host","CapAdd":["NET_ADMIN"],"CapDrop":["ALL"],"SecurityOpt":["seccomp=unconfined"],"Memory":64,"Sysctls":{"net.x":"1"}}}`,
	`{"Image":"b","Privileged":true,"Binds":["/root:/r"],"Memory":5,"HostConfig":{"Privileged":false,"CpuShares":3}}`,
	`{"Image":"b","HostConfig":{"Mounts":[{"Type":"bind","Source":"/etc","Target":"/e","ReadOnly":true},{"Type":"volume","Source":"v","Target":"/v"}],"Devices":[{"PathOnHost":"/dev/sda"}],"DeviceCgroupRules":["a *:* rwm"]}}`,
	`{"Entrypoint":"sh","Cmd":"ls","Image":"b","HostConfig":{"CapAdd":"ALL","MaskedPaths":[],"ReadonlyPaths":null,"PidMode":"host","IpcMode":"host","UTSMode":"host","UsernsMode":"host"}}`,
	`{"Image":"b","HostConfig":{"VolumesFrom":["x:ro"],"Runtime":"runc","CgroupParent":"/","VolumeDriver":"d","ReadonlyRootfs":true,"NanoCpus":1,"OomScoreAdj":-5,"MemorySwap":-1}}`,
	`{"Privileged":true,"HostConfig":null,"Image":"b"}`,
	`{"Image":"b","MemorySwap":7,"CpuShares":8,"VolumeDriver":"d","Memory":9,"HostConfig":{"VolumesFrom":[]}}`,
}

// What readers of JSON differ about.
var pieces = []string{
	"null", "true", "false", `""`, "[]", "{}", "0", "-0", "1e3", "1.0", "01", "-", "9223372036854775807", "9223372036854775808", `"host"`, `"\u0000"`, `"\ud800"`,
	`"\ud83d\ude00"`, `"\x"`, `"/etc:/e"`, `"\u002fetc:\u002fe"`, "[null]", `["/etc:/e",null]`, "[1]", `{"a":null}`, "nul", "True", "'x'", "//", "/**/", ",", ":", "}", "]", "{", "[",
	"\x00", "\x1f", "\x7f", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x80\xa8", "\xef\xbb\xbf", " ", "\n", "\t", "\r", "\v", "\u00a0", "\u0085",
	`"HostConfig":{"Privileged":true}`, `,"Privileged":true`, `,"privileged":true`, `,"PRIVILEGED":false`, `,"HostConfig":{}`, `,"hostconfig":null`, `,"Binds":["/:/h"]`,
}

func changeKeys(r *rand.Rand, s string) string {
	out := []rune(s)
	for i, c := range out {
		switch n := r.Intn(40); {
		case n == 0 && (c == 's' || c == 'S'):
			out[i] = '\u017f'
		case n == 1 && (c == 'k' || c == 'K'):
			out[i] = '\u212a'
		case n == 2 && c >= 'a' && c <= 'z':
			out[i] = c - 32
		case n == 3 && c >= 'A' && c <= 'Z':
			out[i] = c + 32
		}
	}
	return string(out)
}

func escape(r *rand.Rand, s string) string {
	var out strings.Builder
	for _, c := range s {
		if r.Intn(30) == 0 && c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '{' && c != '}' && c != '[' && c != ']' && c != ',' && c != ':' {
			fmt.Fprintf(&out, `\u%04x`, c)
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}

func change(r *rand.Rand, s string) string {
	at := r.Intn(len(s) + 1)
	piece := pieces[r.Intn(len(pieces))]
	switch r.Intn(8) {
	case 0:
		return changeKeys(r, s)
	case 1:
		return escape(r, s)
	case 2: // a value for another
		if i := strings.IndexByte(s[at:], ':'); i >= 0 {
			start := at + i + 1
			end := start + strings.IndexAny(s[start:]+",", ",}]")
			return s[:start] + piece + s[end:]
		}
		return s
	case 3:
		return s[:at] + piece + s[at:]
	case 4:
		return s[:at]
	case 5:
		end := at + r.Intn(len(s)-at+1)
		return s[:at] + s[end:]
	case 6:
		other := seeds[r.Intn(len(seeds))]
		return strings.TrimSuffix(s, "}") + "," + strings.TrimPrefix(other, "{")
	default:
		return s + piece
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) == 4 && os.Args[1] == "make" {
		seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
		count, _ := strconv.Atoi(os.Args[3])
		r := rand.New(rand.NewSource(seed))
		for i := 0; i < count; i++ {
			s := seeds[i%len(seeds)]
			for n := r.Intn(4); n > 0; n-- {
				s = change(r, s)
			}
			fmt.Fprintln(out, base64.StdEncoding.EncodeToString([]byte(s)))
		}
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		body, err := base64.StdEncoding.DecodeString(in.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, "oracle: a line is not base64")
			os.Exit(1)
		}
		fmt.Fprintln(out, read(body))
	}
}
