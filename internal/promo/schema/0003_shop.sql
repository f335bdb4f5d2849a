-- Where a use of an offer was; 0 where no shop was named, and of uses from
-- before this was kept.
ALTER TABLE promo_redemption ADD COLUMN shop_id BIGINT NOT NULL DEFAULT 0;

-- What an offer gave in a shop within a period; only by versions with a budget
-- for it.
CREATE TABLE promo_shop_budget (
	offer_id BIGINT NOT NULL,
	shop_id BIGINT NOT NULL, -- 0 of sales without a shop
	period_start BIGINT NOT NULL,
	period TEXT NOT NULL,
	uses BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	PRIMARY KEY (offer_id, shop_id, period_start, period)
) {clustered};
