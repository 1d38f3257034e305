// Package browsertest tests the web chat in a real Chromium: the widget, the page without a script, and what axe-core
// says of both. It fails where Chromium or npm are missing.
package browsertest
