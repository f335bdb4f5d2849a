package member
import ("testing";"context";"time";"regulars/internal/db";"regulars/internal/db/dbtest";"regulars/internal/auth";"regulars/internal/id")
func BenchmarkBatch(b *testing.B){
 d:=dbtest.SQLite(b,auth.Schema,Schema); crowd(b,d,100_000); n:=0
 b.ResetTimer()
 var t1,t2 time.Duration
 for b.Loop(){
  var asks []Ask
  for range 256 { n++; asks=append(asks,Ask{here,[]Identity{ext(n*7919%100000)}}) }
  err:=d.InTx(context.Background(),func(tx *db.Tx) error { s:=time.Now(); f,err:=Recognise(b.Context(),tx,asks); t1+=time.Since(s); if err!=nil{return err}; var ids []id.ID; for _,x:=range f { if x.MemberID==0 {b.Fatal(x)}; ids=append(ids,x.MemberID)}; s=time.Now(); _,err=Load(b.Context(),tx,ids,true); t2+=time.Since(s); return err})
  if err!=nil{b.Fatal(err)}
 }
 b.ReportMetric(float64(t1.Microseconds())/float64(n),"µs/recognise")
 b.ReportMetric(float64(t2.Microseconds())/float64(n),"µs/load")
}
