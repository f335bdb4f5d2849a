-- Who is asked about a delivery is found by when it was.
CREATE INDEX parcel_delivered ON parcel (programme_id, delivered);
