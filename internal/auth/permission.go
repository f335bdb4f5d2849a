package auth

import (
	"math"
	"slices"

	"regulars/internal/i18n"
)

// Permission names one thing that an actor may do.
type Permission string

// The permissions. Each is asked for within one programme; those that concern
// the whole installation are asked for in programme 0.
const (
	MembersRead     Permission = "members.read"
	MembersWrite    Permission = "members.write"
	MembersMerge    Permission = "members.merge"
	MembersErase    Permission = "members.erase"
	MembersExport   Permission = "members.export"
	PointsRead      Permission = "points.read"
	PointsAdjust    Permission = "points.adjust"
	EventsWrite     Permission = "events.write"
	RulesRead       Permission = "rules.read"
	RulesWrite      Permission = "rules.write"
	RulesPublish    Permission = "rules.publish"
	RanksRead       Permission = "ranks.read"
	RanksWrite      Permission = "ranks.write"
	RanksAssign     Permission = "ranks.assign"
	ProductsRead    Permission = "products.read"
	ProductsWrite   Permission = "products.write"
	CodesRead       Permission = "codes.read"
	CodesWrite      Permission = "codes.write"
	ProgrammesRead  Permission = "programmes.read"
	ProgrammesWrite Permission = "programmes.write"
	StaffRead       Permission = "staff.read"
	StaffWrite      Permission = "staff.write"
	KeysRead        Permission = "keys.read"
	KeysWrite       Permission = "keys.write"
	AuditRead       Permission = "audit.read"
	JobsRead        Permission = "jobs.read"
	JobsRetry       Permission = "jobs.retry"
	ImportRun       Permission = "import.run"
	BackupRun       Permission = "backup.run"
	SimulateRun     Permission = "simulate.run"
	ReportsRead     Permission = "reports.read"

	// GiftCardsRead shows cards without their numbers, but to whoever has the
	// number already. GiftCardsIssue makes money out of nothing and shows the
	// numbers; GiftCardsSell puts onto cards what a customer paid.
	GiftCardsRead  Permission = "giftcards.read"
	GiftCardsSell  Permission = "giftcards.sell"
	GiftCardsBlock Permission = "giftcards.block"
	GiftCardsIssue Permission = "giftcards.issue"

	// RedemptionsWrite redeems rewards for members, hands them out and undoes
	// it; RewardsWrite says what there is to be had.
	RewardsRead      Permission = "rewards.read"
	RewardsWrite     Permission = "rewards.write"
	RedemptionsWrite Permission = "redemptions.write"

	// ConflictsRead shows what tills that were offline gave differently.
	ConflictsRead  Permission = "conflicts.read"
	ConflictsWrite Permission = "conflicts.write"
	// ContactsWrite writes to members in the shop's words; ContactsPolicy says when
	// and how often anybody is written to, and reads what the sink holds.
	ContactsRead   Permission = "contacts.read"
	ContactsWrite  Permission = "contacts.write"
	ContactsPolicy Permission = "contacts.policy"

	// CasesWrite opens and works on complaints, CasesCompensate gives what makes
	// good within a limit, CasesApprove gives beyond it and makes the settings.
	CasesRead       Permission = "cases.read"
	CasesWrite      Permission = "cases.write"
	CasesCompensate Permission = "cases.compensate"
	CasesApprove    Permission = "cases.approve"
	// CasesMail takes e-mails in as cases, as a mail server does.
	CasesMail Permission = "cases.mail"
	// PromisesWrite makes promises, says what came of them and follows parcels.
	PromisesRead  Permission = "promises.read"
	PromisesWrite Permission = "promises.write"
	// ReturnsRead shows what customers send back, ReturnsWrite decides about it
	// and says what came of it.
	ReturnsRead  Permission = "returns.read"
	ReturnsWrite Permission = "returns.write"
	// ReferralsWrite says what inviters and friends get, records referrals and
	// decides about doubtful ones.
	ReferralsRead  Permission = "referrals.read"
	ReferralsWrite Permission = "referrals.write"
	// PartnersWrite says who the partners are, on which terms, and makes their
	// keys; PartnersSettle closes their statements.
	PartnersRead   Permission = "partners.read"
	PartnersWrite  Permission = "partners.write"
	PartnersSettle Permission = "partners.settle"
	// TillEnrol binds devices to shops as tills, and revokes them.
	TillEnrol Permission = "till.enrol"
	// PlansWrite says what paid memberships there are; SubscriptionsWrite lets
	// members join and leave them; ChargesWrite notes what was paid and given
	// back.
	PlansRead          Permission = "plans.read"
	PlansWrite         Permission = "plans.write"
	SubscriptionsWrite Permission = "subscriptions.write"
	ChargesWrite       Permission = "charges.write"
	// ChallengesPublish opens challenges to members and ends them.
	ChallengesRead    Permission = "challenges.read"
	ChallengesWrite   Permission = "challenges.write"
	ChallengesPublish Permission = "challenges.publish"

	// TouchRead shows cards, reviews and the Support Index; TouchWrite makes cards,
	// binds them to orders, takes reviews in and answers them.
	TouchRead  Permission = "touch.read"
	TouchWrite Permission = "touch.write"
	// HouseholdsWrite says whether members pool points and what they may pass
	// on, and who belongs to a household; PointsTransfer passes points on for
	// members and takes them back.
	HouseholdsRead  Permission = "households.read"
	HouseholdsWrite Permission = "households.write"
	PointsTransfer  Permission = "points.transfer"
	// FraudWrite changes what is watched and decides flags.
	FraudRead  Permission = "fraud.read"
	FraudWrite Permission = "fraud.write"
	// SurveysRead shows surveys, answers and figures; SurveysWrite writes
	// surveys, has members asked and brings answers in.
	SurveysRead  Permission = "surveys.read"
	SurveysWrite Permission = "surveys.write"
	// StandardsRead shows standards, what was found by them and audits that are
	// announced; StandardsWrite writes standards and corrects sheets. VisitsPlan
	// draws mystery visits and sees which are to come: never those of the shops
	// at whose tills one works. AuditsWrite announces audits and answers for a
	// shop.
	StandardsRead  Permission = "standards.read"
	StandardsWrite Permission = "standards.write"
	VisitsPlan     Permission = "visits.plan"
	AuditsWrite    Permission = "audits.write"
	// LessonsRead shows how all the staff stand with their lessons; one's own
	// need no permission. LessonsWrite writes lessons.
	LessonsRead  Permission = "lessons.read"
	LessonsWrite Permission = "lessons.write"
	// FactorsRead shows what feedback is about and what is done about it;
	// FactorsWrite codes it, makes the settings and keeps the actions.
	FactorsRead  Permission = "factors.read"
	FactorsWrite Permission = "factors.write"
	// TrustRead shows known issues, what is published and the scorecard, TrustWrite
	// writes issues and evidence down, TrustPublish shows them to everybody.
	TrustRead    Permission = "trust.read"
	TrustWrite   Permission = "trust.write"
	TrustPublish Permission = "trust.publish"
	// GesturesRead shows the library of gestures, what was given and what
	// followed; GesturesGive notes that one was given; GesturesWrite keeps the
	// library and takes back what others gave.
	GesturesRead  Permission = "gestures.read"
	GesturesGive  Permission = "gestures.give"
	GesturesWrite Permission = "gestures.write"
	// BookingsRead shows services, their free times and who is expected;
	// BookingsWrite books, moves and cancels, and notes who came; ServicesWrite
	// says what can be booked.
	BookingsRead  Permission = "bookings.read"
	BookingsWrite Permission = "bookings.write"
	ServicesWrite Permission = "services.write"
	// ChurnRead shows who falls silent; ChurnWrite says from when a silence counts.
	ChurnRead  Permission = "churn.read"
	ChurnWrite Permission = "churn.write"
	// RecoveriesStart starts and ends campaigns that ask silent customers back.
	RecoveriesStart Permission = "recoveries.start"
	// BasketsRead shows the baskets that customers left before paying, and why;
	// BasketsWrite notes them, has it asked why, and makes the settings.
	BasketsRead  Permission = "baskets.read"
	BasketsWrite Permission = "baskets.write"
	// CallsRead shows lists of whom staff phone and what came of them; CallsWrite
	// makes lists, starts and ends them; CallsMake phones.
	CallsRead  Permission = "calls.read"
	CallsWrite Permission = "calls.write"
	CallsMake  Permission = "calls.make"
)

// Role is a set of permissions that a member of staff holds in one programme
// or in every programme.
type Role string

// The roles.
const (
	Owner    Role = "owner"
	Manager  Role = "manager"
	Marketer Role = "marketer"
	Agent    Role = "agent"
	Till     Role = "till"
	ReadOnly Role = "read_only"
)

// Scope is what an API key may do: the permission with a colon, as
// "members:read".
type Scope string

// Unlimited is the adjustment limit of a role that has none.
const Unlimited = int64(math.MaxInt64)

// power is what a role amounts to.
type power struct {
	permissions []Permission
	// adjust is the most whole points that one adjustment may move.
	adjust int64
}

// roleOrder lists the roles from the strongest to the weakest, for forms.
var roleOrder = []Role{Owner, Manager, Marketer, Agent, Till, ReadOnly}

// powers is the permission table; nothing else in the project knows what a
// role may do.
var powers = map[Role]power{
	Owner: {adjust: Unlimited, permissions: []Permission{
		MembersRead, MembersWrite, MembersMerge, MembersErase, MembersExport,
		PointsRead, PointsAdjust, EventsWrite, RulesRead, RulesWrite, RulesPublish,
		RanksRead, RanksWrite, RanksAssign, ProductsRead, ProductsWrite, CodesRead, CodesWrite,
		ProgrammesRead, ProgrammesWrite, StaffRead, StaffWrite, KeysRead, KeysWrite,
		AuditRead, JobsRead, JobsRetry, ImportRun, BackupRun, SimulateRun, ReportsRead,
		GiftCardsRead, GiftCardsSell, GiftCardsBlock, GiftCardsIssue, RewardsRead, RewardsWrite, RedemptionsWrite,
		ConflictsRead, ConflictsWrite, ContactsRead, ContactsWrite, ContactsPolicy,
		CasesRead, CasesWrite, CasesCompensate, CasesApprove,
		CasesMail,
		PromisesRead, PromisesWrite,
		ReturnsRead, ReturnsWrite,
		ReferralsRead, ReferralsWrite,
		PartnersRead, PartnersWrite, PartnersSettle,
		TillEnrol,
		PlansRead, PlansWrite, SubscriptionsWrite, ChargesWrite,
		ChallengesRead, ChallengesWrite, ChallengesPublish,
		TouchRead, TouchWrite,
		HouseholdsRead, HouseholdsWrite, PointsTransfer,
		FraudRead, FraudWrite,
		SurveysRead, SurveysWrite,
		StandardsRead, StandardsWrite, VisitsPlan, AuditsWrite,
		LessonsRead, LessonsWrite,
		FactorsRead, FactorsWrite,
		TrustRead, TrustWrite, TrustPublish,
		GesturesRead, GesturesGive, GesturesWrite,
		BookingsRead, BookingsWrite, ServicesWrite,
		ChurnRead, ChurnWrite,
		RecoveriesStart,
		BasketsRead, BasketsWrite,
		CallsRead, CallsWrite, CallsMake,
	}},
	Manager: {adjust: 100_000, permissions: []Permission{
		MembersRead, MembersWrite, MembersMerge, MembersErase, MembersExport,
		PointsRead, PointsAdjust, EventsWrite, RulesRead, RulesWrite, RulesPublish,
		RanksRead, RanksWrite, RanksAssign, ProductsRead, ProductsWrite, CodesRead, CodesWrite,
		ProgrammesRead, ProgrammesWrite, StaffRead, StaffWrite, KeysRead, KeysWrite,
		AuditRead, JobsRead, JobsRetry, ImportRun, SimulateRun, ReportsRead,
		GiftCardsRead, GiftCardsSell, GiftCardsBlock, GiftCardsIssue, RewardsRead, RewardsWrite, RedemptionsWrite,
		ConflictsRead, ConflictsWrite, ContactsRead, ContactsWrite, ContactsPolicy,
		CasesRead, CasesWrite, CasesCompensate, CasesApprove,
		CasesMail,
		PromisesRead, PromisesWrite,
		ReturnsRead, ReturnsWrite,
		ReferralsRead, ReferralsWrite,
		PartnersRead, PartnersWrite, PartnersSettle,
		TillEnrol,
		PlansRead, PlansWrite, SubscriptionsWrite, ChargesWrite,
		ChallengesRead, ChallengesWrite, ChallengesPublish,
		TouchRead, TouchWrite,
		HouseholdsRead, HouseholdsWrite, PointsTransfer,
		FraudRead, FraudWrite,
		SurveysRead, SurveysWrite,
		StandardsRead, StandardsWrite, VisitsPlan, AuditsWrite,
		LessonsRead, LessonsWrite,
		FactorsRead, FactorsWrite,
		TrustRead, TrustWrite, TrustPublish,
		GesturesRead, GesturesGive, GesturesWrite,
		BookingsRead, BookingsWrite, ServicesWrite,
		ChurnRead, ChurnWrite,
		RecoveriesStart,
		BasketsRead, BasketsWrite,
		CallsRead, CallsWrite, CallsMake,
	}},
	Marketer: {permissions: []Permission{
		MembersRead, PointsRead, RulesRead, RulesWrite, RanksRead, RanksWrite,
		ProductsRead, ProductsWrite, CodesRead, CodesWrite, ProgrammesRead, SimulateRun, ReportsRead, GiftCardsRead,
		RewardsRead, RewardsWrite,
		ContactsRead, ContactsWrite,
		PromisesRead,
		ReturnsRead,
		ReferralsRead, ReferralsWrite,
		PartnersRead,
		PlansRead, PlansWrite,
		ChallengesRead, ChallengesWrite,
		TouchRead, TouchWrite,
		HouseholdsRead,
		SurveysRead, SurveysWrite,
		StandardsRead,
		FactorsRead, FactorsWrite,
		TrustRead,
		GesturesRead, GesturesWrite,
		BookingsRead, ServicesWrite,
		ChurnRead, ChurnWrite,
		BasketsRead,
		CallsRead, CallsWrite,
	}},
	Agent: {adjust: 1_000, permissions: []Permission{
		MembersRead, MembersWrite, MembersMerge, MembersExport, PointsRead, PointsAdjust,
		EventsWrite, RulesRead, RanksRead, ProductsRead, CodesRead, ProgrammesRead,
		GiftCardsRead, GiftCardsSell, GiftCardsBlock, RewardsRead, RedemptionsWrite,
		ConflictsRead, ConflictsWrite, ContactsRead, ContactsWrite,
		CasesRead, CasesWrite, CasesCompensate,
		PromisesRead, PromisesWrite,
		ReturnsRead, ReturnsWrite,
		ReferralsRead,
		PlansRead, SubscriptionsWrite,
		ChallengesRead,
		TouchRead, TouchWrite,
		HouseholdsRead, HouseholdsWrite, PointsTransfer,
		SurveysRead,
		StandardsRead, AuditsWrite,
		FactorsRead,
		TrustRead, TrustWrite,
		GesturesRead, GesturesGive,
		BookingsRead, BookingsWrite,
		ChurnRead,
		BasketsRead, BasketsWrite,
		CallsRead, CallsMake,
	}},
	Till: {permissions: []Permission{
		MembersRead, MembersWrite, PointsRead, EventsWrite, RanksRead, ProductsRead, CodesRead, ProgrammesRead,
		GiftCardsRead, GiftCardsSell, RewardsRead, RedemptionsWrite,
		CasesWrite,
		PlansRead, SubscriptionsWrite,
		ChallengesRead,
		TouchRead,
		HouseholdsRead,
		GesturesGive,
		BookingsRead, BookingsWrite,
	}},
	ReadOnly: {permissions: []Permission{
		MembersRead, PointsRead, RulesRead, RanksRead, ProductsRead, CodesRead, ProgrammesRead,
		AuditRead, JobsRead, ReportsRead, GiftCardsRead, RewardsRead,
		ConflictsRead, ContactsRead,
		CasesRead,
		PromisesRead,
		ReturnsRead,
		ReferralsRead,
		PartnersRead,
		PlansRead,
		ChallengesRead,
		TouchRead,
		HouseholdsRead,
		FraudRead,
		SurveysRead,
		StandardsRead,
		LessonsRead,
		FactorsRead,
		TrustRead,
		GesturesRead,
		BookingsRead,
		ChurnRead,
		BasketsRead,
		CallsRead,
	}},
}

// Roles returns every role, the strongest first.
func Roles() []Role { return slices.Clone(roleOrder) }

// Valid reports whether the role exists.
func (r Role) Valid() bool { return slices.Contains(roleOrder, r) }

// Permissions returns what the role may do, in the order of the table.
func (r Role) Permissions() []Permission { return slices.Clone(powers[r].permissions) }

// AdjustLimit returns the most whole points that one adjustment of this role
// may move; 0 when it may not adjust.
func (r Role) AdjustLimit() int64 { return powers[r].adjust }

// Text returns the role's name in words.
func (r Role) Text() i18n.Text { return i18n.Text{Key: "auth.role." + string(r)} }

// Text returns what the permission allows, in words.
func (p Permission) Text() i18n.Text { return i18n.Text{Key: "auth.permission." + string(p)} }

func (r Role) allows(p Permission) bool { return slices.Contains(powers[r].permissions, p) }
