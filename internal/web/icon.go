package web

// Icon names a drawing. The empty icon draws nothing.
type Icon string

// The icons. They are drawn for this programme on a grid of 20 with a line of
// 1.5 and carry no meaning alone: every use has words beside it or a label.
const (
	IconOverview  Icon = "overview"
	IconMembers   Icon = "members"
	IconPerson    Icon = "person"
	IconProgramme Icon = "programme"
	IconRule      Icon = "rule"
	IconRank      Icon = "rank"
	IconWallet    Icon = "wallet"
	IconImport    Icon = "import"
	IconExport    Icon = "export"
	IconJobs      Icon = "jobs"
	IconStaff     Icon = "staff"
	IconKey       Icon = "key"
	IconAudit     Icon = "audit"
	IconSettings  Icon = "settings"
	IconSearch    Icon = "search"
	IconMenu      Icon = "menu"
	IconClose     Icon = "close"
	IconCheck     Icon = "check"
	IconInfo      Icon = "info"
	IconWarning   Icon = "warning"
	IconError     Icon = "error"
	IconPlus      Icon = "plus"
	IconMinus     Icon = "minus"
	IconEdit      Icon = "edit"
	IconDelete    Icon = "delete"
	IconMerge     Icon = "merge"
	IconCopy      Icon = "copy"
	IconRetry     Icon = "retry"
	IconPlay      Icon = "play"
	IconClock     Icon = "clock"
	IconCalendar  Icon = "calendar"
	IconPurchase  Icon = "purchase"
	IconReturn    Icon = "return"
	IconGift      Icon = "gift"
	IconLeft      Icon = "left"
	IconRight     Icon = "right"
	IconDown      Icon = "down"
	IconUp        Icon = "up"
	IconSort      Icon = "sort"
	IconGlobe     Icon = "globe"
	IconSun       Icon = "sun"
	IconMoon      Icon = "moon"
	IconAuto      Icon = "auto"
	IconExternal  Icon = "external"
	IconEmpty     Icon = "empty"
	IconFilter    Icon = "filter"
	IconOffer     Icon = "offer"
	IconCode      Icon = "code"

	IconMessage Icon = "message"

	IconInvite    Icon = "invite"
	IconTrophy    Icon = "trophy"
	IconRenewal   Icon = "renewal"
	IconPartner   Icon = "partner"
	IconHousehold Icon = "household"
	IconSurvey    Icon = "survey"
	IconCard      Icon = "card"
	IconReview    Icon = "review"
	IconMention   Icon = "mention"
	IconGauge     Icon = "gauge"
	IconFlagship  Icon = "flagship"
	IconParcel    Icon = "parcel"
	IconComplaint Icon = "complaint"
	IconFlag      Icon = "flag"
	IconOffline   Icon = "offline"
	IconTill      Icon = "till"
	IconStandard  Icon = "standard"
	IconVisit     Icon = "visit"
	IconLesson    Icon = "lesson"
	IconGesture   Icon = "gesture"
	IconBasket    Icon = "basket"

	IconFactor   Icon = "factor"
	IconQuadrant Icon = "quadrant"
	IconAction   Icon = "action"
	IconKnown    Icon = "known"
	IconOpen     Icon = "open"
	IconTrust    Icon = "trust"
	IconBell     Icon = "bell"
	IconPhone    Icon = "phone"
)

// strokes holds the path of each icon.
var strokes = map[Icon]string{
	IconOverview:  "M3.5 3.5h5.5v6H3.5zM11 3.5h5.5v3.5H11zM11 9.5h5.5v7H11zM3.5 12H9v4.5H3.5z",
	IconMention:   "M3.5 8v4h3l8 4V4l-8 4zM6.5 12.5l1 4h2l-.7-3M17 8.5v3",
	IconMembers:   "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.5c0-2.8 2.2-4.5 5-4.5s5 1.7 5 4.5M13 4a2.8 2.8 0 0 1 0 5.2M14.5 12.3c1.9.6 3 2.1 3 4.2",
	IconPerson:    "M10 9.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM4 17c0-3 2.6-5 6-5s6 2 6 5",
	IconProgramme: "M10 3l2.1 4.4 4.9.7-3.5 3.4.8 4.8L10 14l-4.3 2.3.8-4.8L3 8.1l4.9-.7z",
	IconRule:      "M4 5h7M4 10h4M4 15h7M15 3.5v3M13.5 5h3M12 8.5v3M10.5 10h3M15 13.5v3M13.5 15h3",
	IconRank:      "M3.5 16.5v-4h4v4M8 16.5v-8h4v8M12.5 16.5v-12h4v12M2.5 16.5h15",
	IconWallet:    "M3.5 6.5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2zM3.5 6.5a2 2 0 0 1 2-3H13v3M13 11.5h.5",
	IconImport:    "M10 3v9M6.5 8.8 10 12.3l3.5-3.5M3.5 13v2a1.5 1.5 0 0 0 1.5 1.5h10a1.5 1.5 0 0 0 1.5-1.5v-2",
	IconExport:    "M10 12.5v-9M6.5 6.8 10 3.3l3.5 3.5M3.5 13v2a1.5 1.5 0 0 0 1.5 1.5h10a1.5 1.5 0 0 0 1.5-1.5v-2",
	IconJobs:      "M4 4.5h12M4 10h12M4 15.5h7M14 15.5l1.3 1.3 2.4-2.8",
	IconStaff:     "M3.5 6h13v10h-13zM7 13c0-1.2.9-2 2-2s2 .8 2 2M9 9.8a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM13 9.5h1.5M13 12h1.5M8 6V3.5h4V6",
	IconKey:       "M7 16.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM9.3 10.7 16 4M13.5 6.5l2 2M11.6 8.4l1.4 1.4",
	IconAudit:     "M5 2.8h7l3.5 3.5v11H5zM12 2.8v3.5h3.5M7.8 10h5M7.8 13h5",
	IconSettings:  "M3.5 6H9M13 6h3.5M11 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM3.5 14H6M10 14h6.5M8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
	IconSearch:    "M8.8 14.1a5.3 5.3 0 1 0 0-10.6 5.3 5.3 0 0 0 0 10.6zM12.7 12.7l4 4",
	IconMenu:      "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
	IconClose:     "M5 5l10 10M15 5 5 15",
	IconCheck:     "M4 10.5l4 4 8-9",
	IconInfo:      "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM10 9.2v4.3M10 6.6v.1",
	IconWarning:   "M10 3.2 17.5 16.3h-15zM10 8.3v3.6M10 13.9v.1",
	IconError:     "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM10 6.5v4.3M10 13.3v.1",
	IconPlus:      "M10 4v12M4 10h12",
	IconMinus:     "M4 10h12",
	IconEdit:      "M4 16h3l8.6-8.6-3-3L4 13zM11 6l3 3",
	IconDelete:    "M4 6h12M8 6V3.8h4V6M5.5 6l.7 10.2h7.6L14.5 6M8.5 9v4.5M11.5 9v4.5",
	IconMerge:     "M5 3.5v3c0 2 5 2.5 5 5.5v4.5M15 3.5v3c0 2-5 2.5-5 5.5M7.5 14 10 16.5 12.5 14",
	IconCopy:      "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
	IconRetry:     "M16 10a6 6 0 1 1-1.9-4.4M16.5 2.8v3.7h-3.7",
	IconPlay:      "M6 4l10 6-10 6z",
	IconClock:     "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM10 6v4.3l2.8 1.7",
	IconCalendar:  "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
	IconPurchase:  "M4.5 6.5h11l1 10h-13zM7 8.5V6a3 3 0 0 1 6 0v2.5",
	IconReturn:    "M4 8h8a4 4 0 0 1 0 8H8M7 4.5 3.5 8 7 11.5",
	IconGift:      "M3.5 7h13v3h-13zM4.5 10v6.5h11V10M10 7v9.5M10 7C8 7 6.5 6 6.5 4.8S8 3 8.5 3C9.8 3 10 5.5 10 7zM10 7c2 0 3.5-1 3.5-2.2S12 3 11.5 3C10.2 3 10 5.5 10 7z",
	IconLeft:      "M12 4.5 6.5 10l5.5 5.5",
	IconRight:     "M8 4.5l5.5 5.5L8 15.5",
	IconDown:      "M4.5 7.5 10 13l5.5-5.5",
	IconUp:        "M4.5 12.5 10 7l5.5 5.5",
	IconSort:      "M6.5 8 10 4.5 13.5 8M6.5 12l3.5 3.5 3.5-3.5",
	IconGlobe:     "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM3 10h14M10 2.8c2.2 2 3 4.5 3 7.2s-.8 5.2-3 7.2c-2.2-2-3-4.5-3-7.2s.8-5.2 3-7.2z",
	IconSun:       "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
	IconMoon:      "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z",
	IconAuto:      "M3 4.5h14v9H3zM7 17h6M10 13.5V17",
	IconExternal:  "M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16.5 3.5 9.5 10.5",
	IconEmpty:     "M3.5 11.5 6 4.5h8l2.5 7v4.5h-13zM3.5 11.5H7.5l1 2h3l1-2h4",
	IconFilter:    "M3.5 5h13M6 10h8M8.5 15h3",
	IconOffer:     "M3.5 3.5h6.3l6.7 6.7-6.3 6.3-6.7-6.7zM6.8 6.8v.1",
	IconCode:      "M3 5.5h14v3a1.5 1.5 0 0 0 0 3v3H3v-3a1.5 1.5 0 0 0 0-3zM12.5 5.5v1.8M12.5 9.1v1.8M12.5 12.7v1.8",

	IconMessage: "M3 5h14v10H3zM3.5 5.5 10 10.5l6.5-5",

	IconInvite:    "M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.5c0-2.8 2.3-4.5 5.5-4.5s5.5 1.7 5.5 4.5M15.5 6.5v5M13 9h5",
	IconTrophy:    "M6.5 3.5h7v5a3.5 3.5 0 0 1-7 0zM6.5 5H3.5c0 2.5 1 4 3 4.2M13.5 5h3c0 2.5-1 4-3 4.2M10 12v4.5M6.5 16.5h7",
	IconRenewal:   "M4 9a6 6 0 0 1 10.5-3.2L16 7.5M16 3.8v3.7h-3.7M16 11a6 6 0 0 1-10.5 3.2L4 12.5M4 16.2v-3.7h3.7",
	IconPartner:   "M7.5 14.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12.5 14.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9z",
	IconHousehold: "M3 9.5 10 3.5l7 6M5 8v8.5h10V8M8 16.5v-5h4v5",
	IconSurvey:    "M4 3.5h12v13H4zM7 7.2l.9.9L9.5 6.4M11.5 7.3H13M7 12.4l.9.9 1.6-1.7M11.5 12.5H13",
	IconCard:      "M2.5 5h15v10.5h-15zM5 8h3v3H5zM10.5 8.3H15M10.5 11H15M5 13.2h5",
	IconReview:    "M3.5 4h13v9.5H10L6.5 17v-3.5h-3zM10 6l.9 1.8 2 .3-1.5 1.4.4 2-1.8-1-1.8 1 .4-2-1.5-1.4 2-.3z",
	IconGauge:     "M3.5 15a7 7 0 1 1 13 0M10 13l3.2-4.2M10 13.2v-.1M3.5 15h1.8M14.7 15h1.8",
	IconFlagship:  "M10 6.5V17M10 6.5a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5M6.75 9h6.5M3.5 12c.5 3 3 5 6.5 5s6-2 6.5-5",
	IconParcel:    "M10 3l6.5 3.5v7L10 17l-6.5-3.5v-7zM3.5 6.5 10 10l6.5-3.5M10 10v7",
	IconComplaint: "M3.5 4h13v9.5H10L6.5 17v-3.5h-3zM10 6.2v2.9M10 11.2v.1",
	IconFlag:      "M5 17V3.5M5 4h10.5L13 7.5l2.5 3.5H5",
	IconOffline:   "M3 8.3a10 10 0 0 1 14 0M5.7 11a6.2 6.2 0 0 1 8.6 0M10 15v.1M4 17 16 3",
	IconTill:      "M3.5 11.5h13v5h-13zM5 11.5l1-5h8l1 5M8 6.5v-3h5M8 9h.1M10 9h.1M12 9h.1M8.5 14h3",
	IconStandard:  "M5 4.5h10v12H5zM8 4.5v-1.5h4v1.5M7.5 9l1 1 1.75-2M7.5 13l1 1 1.75-2M12 9.5h1.5M12 13.5h1.5",
	IconVisit:     "M2.5 10c1.8-3.2 4.4-4.8 7.5-4.8s5.7 1.6 7.5 4.8c-1.8 3.2-4.4 4.8-7.5 4.8S4.3 13.2 2.5 10zM10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
	IconLesson:    "M10 5.5c-1.8-1.3-4-1.8-6.5-1.8v11.3c2.5 0 4.7.5 6.5 1.8 1.8-1.3 4-1.8 6.5-1.8V3.7c-2.5 0-4.7.5-6.5 1.8zM10 5.5v11.3",
	IconFactor:    "M3.5 3.5h6.2l6.8 6.8-6.2 6.2-6.8-6.8zM7 7h.1M8.5 11l2.5-2.5",
	IconQuadrant:  "M3.5 3.5h13v13h-13zM10 3.5v13M3.5 10h13M6.6 13.4h.1M13.2 6.6h.1",
	IconAction:    "M6 4.5H4.5v12h11v-12H14M7 3.5h6V6H7zM7.3 11l2 2 3.6-4",
	IconKnown:     "M4.5 3h8l3 3v11h-11zM12.5 3v3h3M10 8.2v3.6M10 14v.1",
	IconOpen:      "M10 5.8C8 4.4 5.5 4.1 2.8 4.6v10.6c2.7-.5 5.2-.2 7.2 1.2 2-1.4 4.5-1.7 7.2-1.2V4.6c-2.7-.5-5.2-.2-7.2 1.2zM10 5.8v10.6",
	IconPhone:     "M6.6 3H4.2A1.2 1.2 0 0 0 3 4.3C3.5 11.2 8.8 16.5 15.7 17a1.2 1.2 0 0 0 1.3-1.2v-2.4l-3.800-1.500-1.500 1.900a10.5 10.5 0 0 1-5.5-5.5l1.900-1.500z",
	IconBell:      "M5.2 14.2V9a4.8 4.8 0 0 1 9.6 0v5.2l1.4 1.6H3.8zM8.4 15.8a1.7 1.7 0 0 0 3.2 0",
	IconGesture:   "M10 8.6 7.4 6a1.9 1.9 0 1 1 2.6-2.7A1.9 1.9 0 1 1 12.6 6zM2.8 12.2h2.4l3 .9h3.2a1.3 1.3 0 0 1 0 2.6H8.6M11.8 14.2l3.7-2a1.3 1.3 0 0 1 1.4 2.2l-5 3.1H7.6l-2.4-.8H2.8",
	IconBasket:    "M2.8 8h14.4l-1.6 8.5H4.4zM6 8l2.5-4.5M14 8l-2.5-4.5M7.8 10.8v3M12.2 10.8v3",
	IconTrust:     "M10 2.8 16 5v4.6c0 3.7-2.5 6.3-6 7.6-3.5-1.3-6-3.9-6-7.6V5zM7.2 9.8l2 2 3.6-4",
}
