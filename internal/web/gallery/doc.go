// Package gallery shows every component of web on a few pages that look like
// the real ones. Tests open them in a browser, take pictures and measure;
// whoever writes a page can copy from them. Nothing else uses it.
package gallery
