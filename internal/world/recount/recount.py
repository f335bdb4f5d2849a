#!/usr/bin/env python3
"""Counts the demo's figures a second time, on purpose without any of our code.

usage: recount.py [--limit N] [--members] online_retail.csv[.gz]

It reads the original UCI Online Retail table and applies the demo programme
in the plainest way: every sale and every line is kept in memory, every window
is summed afresh. It prints one JSON object; with --members a CSV instead, one
line a member. It needs Python 3.9 and the time zone data of the system.
"""

import argparse
import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
AS_OF = datetime(2011, 12, 10, tzinfo=LONDON).astimezone(timezone.utc)  # 2011-12-09 24:00
FEES = {"POST", "DOT", "M", "m", "D", "S", "B", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS"}
RANKS = [("Gold", 500_000, Fraction(3, 2)), ("Silver", 100_000, Fraction(5, 4)), ("Regular", 0, Fraction(1))]
PENDING = timedelta(hours=14 * 24)


def year_later(day):
    """The same local date and clock time twelve calendar months later."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def instant(local):
    return local.replace(tzinfo=LONDON).astimezone(timezone.utc)


class Line:
    def __init__(self, code, quantity, price):
        self.code, self.quantity, self.fee = code, quantity, code in FEES
        pence = quantity * Fraction(price) * 100
        away = int(abs(pence) + Fraction(1, 2))  # half a penny goes away from zero
        self.pence = away if pence >= 0 else -away
        self.points = self.returned = 0


class Invoice:
    """A sale, or a return if its number begins with C."""

    def __init__(self, number, customer):
        self.number, self.customer = number, customer
        self.is_return = number.startswith("C")
        self.local, self.lines = None, []
        self.issued = self.clawed = self.taken_off = 0

    def add(self, local, line):
        self.local = local if self.local is None else min(self.local, local)
        self.lines.append(line)

    def settle(self):
        self.at = instant(self.local)
        self.goods = sum(line.pence for line in self.lines if not line.fee)
        self.leaves = instant(year_later(self.local))
        midnight = year_later(self.local).replace(hour=0, minute=0, second=0) + timedelta(days=1)
        self.expires = instant(midnight)

    def order(self):
        return (self.local, self.is_return, self.number.removeprefix("C"))


def read(path, limit):
    """Yields the rows of the first `limit` distinct invoices (all, if 0)."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        met = set()
        for row in rows:
            if limit and row[0] not in met and len(met) == limit:
                continue
            met.add(row[0])
            yield tuple(row)


def gather(rows):
    """Groups the rows into invoices and counts what is left out."""
    invoices, seen, count = {}, set(), Counter()
    for row in rows:
        count["rows"] += 1
        number, code, _, quantity, when, price, customer, _ = row
        if customer == "":
            count["no_customer"] += 1
        elif row in seen:
            count["duplicate"] += 1
        else:
            seen.add(row)
            invoice = invoices.setdefault(number, Invoice(number, customer))
            if invoice.customer != customer:
                sys.exit(f"invoice {number} names two customers")
            invoice.add(datetime.fromisoformat(when), Line(code, int(quantity), price))
    for invoice in invoices.values():
        invoice.settle()
    return sorted(invoices.values(), key=Invoice.order), count


def bought(sales, now):
    """Goods of the last twelve months in pence, known returns taken off."""
    return sum(sale.goods - sale.taken_off for sale in sales if now < sale.leaves)


def rank(pence):
    return next((name, multiplier) for name, least, multiplier in RANKS if pence >= least or least == 0)


def earn(sale, earlier):
    """Issues the sale's points and splits them over its goods lines."""
    _, multiplier = rank(bought(earlier, sale.at))
    sale.issued = sale.goods * multiplier // 100
    goods = [line for line in sale.lines if not line.fee and line.pence > 0]
    for line in goods:
        line.points = sale.issued * line.pence // sale.goods
    rest = sale.issued - sum(line.points for line in goods)
    for line in sorted(goods, key=lambda line: -line.pence)[:rest]:  # sorted() keeps the order of equals
        line.points += 1


def give_back(line, earlier, at):
    """Matches one returned line; returns the units that found a sale."""
    wanted = -line.quantity
    for sale in sorted(earlier, key=lambda sale: (sale.local, sale.number), reverse=True):
        for sold in sale.lines:
            take = min(wanted, sold.quantity - sold.returned) if sold.code == line.code else 0
            if take == 0:
                continue
            before, after = sold.returned, sold.returned + take
            share = lambda whole: whole * after // sold.quantity - whole * before // sold.quantity
            sold.returned = after
            sale.taken_off += share(sold.pence)
            if at < sale.expires:
                sale.clawed += share(sold.points)
            wanted -= take
    return -line.quantity - wanted


def run(invoices):
    """Takes the invoices in business order."""
    sales, count = defaultdict(list), Counter()
    for invoice in invoices:
        earlier = sales[invoice.customer]
        if not invoice.is_return:
            earn(invoice, earlier)
            earlier.append(invoice)
            continue
        for line in invoice.lines:
            if line.fee:
                count["fee_lines"] += 1
                continue
            found = give_back(line, earlier, invoice.at)
            missed = -line.quantity - found
            count["lines"] += 1
            count["units_matched"] += found
            count["units_unmatched"] += missed
            count["matched" if missed == 0 else "partly" if found else "unmatched"] += 1
    return sales, count


def points(sales):
    """The points of some sales as of the end of the data."""
    sums = Counter(issued=0, clawed_back=0, expired=0, available=0, pending=0)
    for sale in sales:
        left = sale.issued - sale.clawed
        sums["issued"] += sale.issued
        sums["clawed_back"] += sale.clawed
        state = "expired" if AS_OF >= sale.expires else "available" if AS_OF >= sale.at + PENDING else "pending"
        sums[state] += left
    return sums


def figures(limit, path):
    invoices, rows = gather(read(path, limit))
    sales, returns = run(invoices)
    every = [sale for of_member in sales.values() for sale in of_member]
    sums = points(every)
    ranks = Counter({name: 0 for name, _, _ in reversed(RANKS)})
    ranks.update(rank(bought(of_member, AS_OF))[0] for of_member in sales.values())
    goods = sum(sale.goods - sale.taken_off for sale in every)
    first = sum(of_member[0].goods - of_member[0].taken_off for of_member in sales.values() if of_member)
    names = ["lines", "matched", "partly", "unmatched", "units_matched", "units_unmatched", "fee_lines"]
    return sales, {
        "rows_read": rows["rows"],
        "rows_without_customer": rows["no_customer"],
        "rows_left_out": {"duplicate": rows["duplicate"]},
        "members": len(sales),
        "sales": len(every),
        "returns": {name: returns[name] for name in names},
        "points": {**sums, "debt": 0, "held": 0, "spent": 0},
        "ranks": dict(ranks),
        "liability_minor": sums["available"] + sums["pending"],
        "repeat_revenue_share": round((goods - first) / goods, 6) if goods else 0,
        "goods_minor": goods,
        "repeat_goods_minor": goods - first,
    }


def list_members(sales):
    names = ["issued", "clawed_back", "expired", "available", "pending"]
    print("customer", "sales", *names, "bought_minor", "rank", sep=",")
    for customer, of_member in sorted(sales.items()):
        sums, pence = points(of_member), bought(of_member, AS_OF)
        print(customer, len(of_member), *(sums[name] for name in names), pence, rank(pence)[0], sep=",")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--limit", type=int, default=0, help="the first N distinct invoices only")
    parser.add_argument("--members", action="store_true", help="print one line a member instead")
    options = parser.parse_args()
    sales, result = figures(options.limit, options.path)
    if options.members:
        list_members(sales)
    else:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
