package console

import "strings"

// deviceOf names browser and system of a User-Agent header, for people to know their own devices by. The first match
// counts: most browsers also carry the names of others.
func deviceOf(agent string) string {
	if agent = strings.ToValidUTF8(agent, ""); agent == "" {
		return ""
	}
	var parts []string
	for _, list := range [][][2]string{
		{{"YaBrowser/", "Яндекс Браузер"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrom", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}},
		{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}},
	} {
		for _, known := range list {
			if strings.Contains(agent, known[0]) {
				parts = append(parts, known[1])
				break
			}
		}
	}
	if len(parts) == 0 {
		return cutBytes(strings.Map(func(r rune) rune {
			if r < ' ' {
				return -1
			}
			return r
		}, agent), 60)
	}
	return strings.Join(parts, ", ")
}
