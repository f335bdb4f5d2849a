-- Gift cards by the number that is printed on them: whoever has the number has
-- the money. balance = added - spent - expired, and each is the sum of the
-- card's entries. Instants: 0 when not yet, expires Never when it has no end.
-- due is when the clock must look at the card, Never while there is nothing to
-- expire.
CREATE TABLE gift_card (
	programme_id BIGINT NOT NULL,
	number TEXT NOT NULL,
	id BIGINT NOT NULL,
	tail TEXT NOT NULL,
	state TEXT NOT NULL,
	given BOOLEAN NOT NULL,
	face BIGINT NOT NULL,
	months BIGINT NOT NULL,
	balance BIGINT NOT NULL,
	added BIGINT NOT NULL,
	spent BIGINT NOT NULL,
	expired BIGINT NOT NULL,
	activated BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	claimed BIGINT NOT NULL,
	due BIGINT NOT NULL,
	batch_id BIGINT NOT NULL,
	campaign_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	label TEXT NOT NULL,
	PRIMARY KEY (programme_id, number)
) {clustered};

CREATE UNIQUE INDEX gift_card_id ON gift_card (programme_id, id);
CREATE INDEX gift_card_tail ON gift_card (programme_id, tail, id);
CREATE INDEX gift_card_batch ON gift_card (programme_id, batch_id, id);
CREATE INDEX gift_card_campaign ON gift_card (programme_id, campaign_id, id) WHERE campaign_id <> 0;
CREATE INDEX gift_card_member ON gift_card (programme_id, member_id, id) WHERE member_id <> 0;
CREATE INDEX gift_card_due ON gift_card (due) WHERE due < 9223372036854775807;

-- Movements of money, never changed. event_id is the sale or return that made
-- it, sale_id the sale that a charge paid or whose charge a refund gives back;
-- both 0 where no sale is concerned. The last index lets no event move a card
-- twice.
CREATE TABLE gift_entry (
	programme_id BIGINT NOT NULL,
	number TEXT NOT NULL,
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	amount BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	sale_id BIGINT NOT NULL,
	occurred BIGINT NOT NULL,
	PRIMARY KEY (programme_id, number, id)
) {clustered};

CREATE UNIQUE INDEX gift_entry_event ON gift_entry (programme_id, number, event_id, sale_id, kind) WHERE event_id <> 0;

-- Cards that were made together. request_key names the request, so that it can
-- be sent again; request says what it asked for.
CREATE TABLE gift_batch (
	programme_id BIGINT NOT NULL,
	request_key TEXT NOT NULL,
	id BIGINT NOT NULL,
	campaign_id BIGINT NOT NULL,
	request BYTEA NOT NULL,
	cards BIGINT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, request_key)
);

CREATE UNIQUE INDEX gift_batch_id ON gift_batch (programme_id, id);

CREATE TABLE gift_campaign (
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	id BIGINT NOT NULL,
	PRIMARY KEY (programme_id, name)
);
