package auth

import (
	"slices"
	"strings"
)

// forKeys lists the permissions that an API key may carry. It may read who the
// staff are; to change them, and tills, jobs and backups, are left to people: a
// key that could invite somebody or enrol a till would outlive its revocation.
var forKeys = power{adjust: 100_000, permissions: []Permission{
	MembersRead, MembersWrite, MembersMerge, MembersErase, MembersExport,
	PointsRead, PointsAdjust, EventsWrite, RulesRead, RulesWrite, RulesPublish,
	RanksRead, RanksWrite, RanksAssign, ProductsRead, ProductsWrite, CodesRead, CodesWrite,
	ProgrammesRead, ProgrammesWrite, StaffRead, KeysRead, KeysWrite, AuditRead, ImportRun,
	SimulateRun, ReportsRead,
	GiftCardsRead, GiftCardsSell, GiftCardsBlock, GiftCardsIssue, RewardsRead, RewardsWrite, RedemptionsWrite,
	ConflictsRead, ConflictsWrite, ContactsRead, ContactsWrite, ContactsPolicy,
	CasesRead, CasesWrite, CasesCompensate, CasesApprove,
	CasesMail,
	PromisesRead, PromisesWrite,
	ReturnsRead, ReturnsWrite,
	ReferralsRead, ReferralsWrite,
	PartnersRead, PartnersWrite, PartnersSettle,
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
	CallsRead, CallsWrite, CallsMake,
	RecoveriesStart,
	BasketsRead, BasketsWrite,
}}

// forPartners lists the permissions that a partner's key may carry: to send
// what happens in its shops, and to read its own.
var forPartners = []Permission{EventsWrite, PointsRead, PartnersRead}

// PartnerScopes returns every scope that a partner's key may carry.
func PartnerScopes() []Scope {
	scopes := make([]Scope, len(forPartners))
	for i, p := range forPartners {
		scopes[i] = p.Scope()
	}
	return scopes
}

// Scopes returns every scope that an API key may carry.
func Scopes() []Scope {
	scopes := make([]Scope, len(forKeys.permissions))
	for i, p := range forKeys.permissions {
		scopes[i] = p.Scope()
	}
	return scopes
}

// Valid reports whether an API key may carry the scope.
func (s Scope) Valid() bool {
	return strings.Contains(string(s), ":") && slices.Contains(forKeys.permissions, s.permission())
}

func (s Scope) permission() Permission {
	return Permission(strings.Replace(string(s), ":", ".", 1))
}

// Scope returns the scope that gives an API key this permission; empty when no
// key may have it.
func (p Permission) Scope() Scope { return scopeOf[p] }

// scopeOf is worked out once, since every request by key asks it.
var scopeOf = scopesByPermission()

func scopesByPermission() map[Permission]Scope {
	scopes := make(map[Permission]Scope, len(forKeys.permissions))
	for _, p := range forKeys.permissions {
		scopes[p] = Scope(strings.Replace(string(p), ".", ":", 1))
	}
	return scopes
}
