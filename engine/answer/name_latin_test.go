package answer

import "testing"

func TestSameNameInLatin(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"Ivanova Maria Petrovna", "Иванова Мария Петровна", true},
		{"Maria Petrovna Ivanova", "Иванова Мария Петровна", true},
		{"Ivanova Mariya Petrovna", "Иванова Мария Петровна", true},
		{"Semyonov Petr Alekseevich", "Пётр Алексеевич Семёнов", true},
		{"Semenov Pyotr Alexeyevich", "Пётр Алексеевич Семёнов", true},
		{"Saltykov-Shchedrin Mikhail Evgrafovich", "Салтыков-Щедрин Михаил Евграфович", true},
		{"Akhmetova Gulnara Rinatovna", "Ахметова Гульнара Ринатовна", true},
		{"Kim Alexander", "Ким Александр", true},
		{"Ivanova Maria Petrovna", "Иванова Марина Петровна", false},
		{"Ivanov Petr Alekseevich", "Пётр Алексеевич Семёнов", false},
		{"Kim Alexandra", "Ким Александр", false},
	} {
		if got := SameName(tt.a, tt.b); got != tt.same {
			t.Errorf("SameName(%q, %q) = %v (%s / %s)", tt.a, tt.b, got, latinKey(foldString(tt.a)), latinKey(foldString(tt.b)))
		}
	}
}
