package webtest

import (
	"context"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Step is something done in the browser that answers nothing.
type Step = chromedp.Action[chromedp.Void]

// Phone makes the window a phone's, 390 wide, with a finger.
func Phone(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	return chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)(ctx, t)
}

// Desktop makes the window 1280 wide, with a mouse.
func Desktop(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	return chromedp.EmulateViewport(1280, 900)(ctx, t)
}

// Paper shows the page as a printer would.
func Paper(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	return chromedp.Void{}, err
}

// Seen waits until something that the CSS selector names can be seen.
func Seen(selector string) Step { return chromedp.WaitVisible(chromedp.CSS(selector)) }

// Gone waits until nothing that the selector names can be seen.
func Gone(selector string) Step { return chromedp.WaitNotVisible(chromedp.CSS(selector)) }

// Absent waits until the page holds nothing that the selector names.
func Absent(selector string) Step { return chromedp.WaitNotPresent(chromedp.CSS(selector)) }

// Click clicks on what the selector names first.
func Click(selector string) Step { return chromedp.Click(chromedp.CSS(selector)) }

// Type types text into the field that the selector names.
func Type(selector, text string) Step { return chromedp.SendKeys(chromedp.CSS(selector), text) }

// Key presses a key; see chromedp/kb for those without a letter.
func Key(k string) Step { return chromedp.KeyEvent(k) }

// Point moves the mouse to a place in the window, in CSS pixels.
func Point(x, y float64) Step { return chromedp.MouseEvent("mouseMoved", x, y) }

// Until waits until a line of JavaScript is true of the page.
func Until(line string) Step {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](line)(ctx, t)
		return chromedp.Void{}, err
	}
}
