package web

import "strconv"

// htmxConfig keeps htmx within the content policy (no inline styles, no eval),
// keeps personal data out of the browser's storage, and shows the answer to a
// form that needs mending (422) in place of the form.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,` +
	`"historyCacheSize":0,"refreshOnHistoryMiss":true,"defaultSwapStyle":"outerHTML","timeout":30000,"responseHandling":[` +
	`{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}`

// titleOf is what the browser's tab shows.
func titleOf(pg *Page, head Head) string {
	title := head.Title
	if head.Of.Text != "" {
		title += ": " + head.Of.Text
	}
	if pg.Brand.Name == "" {
		return title
	}
	return title + " · " + pg.Brand.Name
}

// colourScheme tells the browser, before any style sheet, which ground to
// paint, so that a dark page does not flash white.
func colourScheme(t Theme) string {
	switch t {
	case ThemeLight, ThemeDark:
		return string(t)
	}
	return "light dark"
}

func themeIcon(t Theme) Icon {
	switch t {
	case ThemeLight:
		return IconSun
	case ThemeDark:
		return IconMoon
	}
	return IconAuto
}

func pressed(yes bool) string { return strconv.FormatBool(yes) }
