package answer
import ("testing";"time";"strings")
func TestWorst(t *testing.T){
 for _,s:=range append([]string{strings.Repeat("12 03 58 ",60),strings.Repeat("а-",250),strings.Repeat("1 ",250),strings.Repeat("абвгд ",90),strings.Repeat("a@b.ru ",80),strings.Repeat("фио: Иванова Мария Петровна, ",20),strings.Repeat("марат ",90),strings.Repeat("+79000000001 ",40),strings.Repeat("x@",250),strings.Repeat("сентабр 12 ",50),strings.Repeat("восстановлениеддоступа ",30), strings.Repeat("зззззззз ",3000)}, seeds...){
  c:=fuzzContext; for i:=0;i<96;i++{ c.Options=append(c.Options,Option{ID:"x",Label:"Восстановление доступа к личному кабинету",Words:[]string{"забыл пароль","не могу войти"}}) }
  for _,k:=range Kinds(){ st:=time.Now(); Parse(k,s,c); d1:=time.Since(st); st=time.Now(); Find(k,s,c); d:=time.Since(st); if d>2*time.Millisecond||d1>2*time.Millisecond { t.Logf("%s %.30q parse %v find %v",k,s,d1,d) } } }
}
