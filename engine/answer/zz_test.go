package answer
import ("testing";"math/rand/v2";"fmt")
func TestPh(t *testing.T){ r:=rand.New(rand.NewPCG(1,2)); for i:=0;i<1500000;i++{ n:=7+r.IntN(9); s:=[]string{"+","","8 10 ","00"}[r.IntN(4)]; for j:=0;j<n;j++{ s+=fmt.Sprint(r.IntN(10)*r.IntN(2)) }; holds(t,Phone,s) } }
