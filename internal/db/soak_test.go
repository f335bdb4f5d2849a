package db_test
import ("testing";"context";"fmt";"os";"time";"path/filepath";"slices";"regulars/internal/db";"regulars/internal/db/dbtest";"strings")
func TestSoakX(t *testing.T){
 dir:=t.TempDir()
 d:=dbtest.Open(t, db.Config{Dir:dir}, schema)
 start:=time.Now(); var maxw int64; var all []time.Duration
 for b:=range 2500 {
  rows:=make([][]any,256)
  for i:=range rows { n:=b*256+i; rows[i]=[]any{n, n%1000, fmt.Sprintf("name %d", (n*7919)%100003), true, []byte("0123456789abcdef")} }
  s:=time.Now()
  if err:=d.InTx(context.Background(), func(tx *db.Tx) error {return tx.Insert(context.Background(), things, rows)}); err!=nil {t.Fatal(err)}
  all=append(all,time.Since(s))
  if b%50==0 { st,_:=os.Stat(filepath.Join(dir, db.FileName+"-wal")); maxw=max(maxw,st.Size()) }
 }
 s,_:=os.ReadFile("/proc/self/status")
 for _,l:=range strings.Split(string(s),"\n"){ if strings.HasPrefix(l,"VmHWM"){t.Log(l)}}
 slices.Sort(all)
 t.Log(time.Since(start), "rows/s", float64(2500*256)/time.Since(start).Seconds(), "maxwal MB", maxw>>20, "p50", all[len(all)/2],"p99",all[len(all)*99/100],"max", all[len(all)-1])
}
