import { type CalendarDate, type DayNumber, dateOfDay, dayNumber, parseDay } from "../../../kernel/calendar-date.ts";

/** A line of `POST /journal-entries`. Amounts are cents. */
export interface DemoLine {
  readonly accountCode: string;
  readonly side: "debit" | "credit";
  readonly amount: number;
}

/** An entry of `POST /journal-entries/batch`. */
export interface DemoEntry {
  readonly date: CalendarDate;
  readonly description: string;
  readonly reference: string;
  readonly externalId: string;
  readonly lines: readonly DemoLine[];
}

/** What the entity of the demo company is made with. */
export const demoEntity = {
  name: "Harbor Street Coffee Roasters",
  kind: "company",
  functionalCurrency: "USD",
  fiscalYearStart: "01-01",
  country: "US",
  chart: "us-small-business",
} as const;

/** Codes of the chart `us-small-business`. */
const checking = "1010";
const savings = "1020";
const receivables = "1100";
const inventory = "1220";
const prepaidInsurance = "1231";
const equipment = "1510";
const equipmentDepreciation = "1511";
const computers = "1520";
const computersDepreciation = "1521";
const deposits = "1810";
const payables = "2010";
const card = "2110";
const salesTax = "2210";
const federalTaxes = "2221";
const stateTaxes = "2222";
const benefits = "2223";
const loan = "2510";
const capital = "3010";
const draws = "3020";
const productSales = "4020";
const shipping = "4030";
const discounts = "4080";
const refunds = "4090";
const costOfGoods = "5010";
const merchantFees = "5030";
const freight = "5040";
const advertising = "6010";
const bankCharges = "6020";
const vehicle = "6030";
const insurance = "6040";
const professional = "6050";
const licenses = "6060";
const meals = "6070";
const supplies = "6100";
const software = "6110";
const rent = "6120";
const repairs = "6130";
const telephone = "6140";
const utilities = "6150";
const travel = "6160";
const wages = "6200";
const payrollTaxes = "6210";
const employeeBenefits = "6220";
const depreciation = "6300";
const badDebts = "6310";
const interestIncome = "7010";
const interestExpense = "8010";

const customers = [
  "Northgate Grocers",
  "The Corner Table",
  "Bellweather Hotel",
  "Pine & Third Bakery",
  "Lakeside Coworking",
  "Union Station Cafe",
  "Marigold Kitchen",
  "Summit Outfitters",
  "Riverbend School District",
  "Eastside Market Hall",
  "Alder Street Books",
  "Foghorn Ferry Lines",
] as const;
const growers = ["Cascade Green Coffee Importers", "Andes Origin Trading", "Blue Nile Beans", "Pacific Packaging Supply"] as const;
const staff = [
  { name: "M. Okafor", grossPay: 248_000 },
  { name: "J. Lindqvist", grossPay: 212_000 },
  { name: "R. Delgado", grossPay: 184_000 },
  { name: "S. Whitaker", grossPay: 152_000 },
] as const;
/** What the card is used for, with the usual range in cents. */
const cardUses = [
  { account: supplies, what: "Office supplies", from: 1_800, to: 16_400 },
  { account: supplies, what: "Cleaning supplies", from: 2_200, to: 9_800 },
  { account: vehicle, what: "Fuel for the delivery van", from: 4_100, to: 9_200 },
  { account: meals, what: "Lunch with a customer", from: 2_600, to: 11_800 },
  { account: advertising, what: "Online advertising", from: 7_500, to: 26_000 },
  { account: freight, what: "Parcel postage", from: 3_400, to: 18_900 },
  { account: repairs, what: "Parts for the grinder", from: 3_900, to: 21_000 },
  { account: travel, what: "Train to a trade fair", from: 6_800, to: 34_000 },
] as const;
/** Paid from the bank account each month on a fixed day. */
const monthlyBills = [
  { day: 2, account: software, what: "Point of sale subscription", from: 14_900, to: 14_900 },
  { day: 4, account: software, what: "Accounting and payroll software", from: 11_800, to: 11_800 },
  { day: 7, account: utilities, what: "Electricity", from: 61_000, to: 88_000 },
  { day: 9, account: utilities, what: "Gas for the roaster", from: 42_000, to: 69_000 },
  { day: 11, account: utilities, what: "Water and waste", from: 14_000, to: 19_500 },
  { day: 13, account: telephone, what: "Telephone and internet", from: 18_900, to: 18_900 },
  { day: 16, account: advertising, what: "Neighborhood newsletter", from: 22_500, to: 22_500 },
  { day: 24, account: software, what: "Web shop hosting", from: 7_900, to: 7_900 },
  { day: 27, account: bankCharges, what: "Account fee", from: 2_500, to: 2_500 },
] as const;

const monthlyRent = 420_000;
const loanPrincipal = 4_800_000;
const loanPayment = 96_182;
const loanYearlyRateBps = 750;
const salesTaxBps = 725;
const merchantFeeBps = 265;
/** FICA, the employee's share and the employer's alike: 6.2 % and 1.45 %. */
const ficaBps = 765;
const federalWithholdingBps = 1_050;
const stateWithholdingBps = 425;
/** Cost of what is sold. */
const retailCostBps = 3_650;
const wholesaleCostBps = 4_650;

/**
 * A year in the books of a small coffee roaster that opened then: about 1,500 balanced entries in date order, over the twelve months that end
 * with `endDate`. The same date gives the same entries, to the cent; nothing in here reads a clock or draws at random.
 */
export function demoYear(endDate: CalendarDate): readonly DemoEntry[] {
  const end = parseDay(endDate);
  if (end === undefined) throw new RangeError(`${endDate} is not a date.`);
  const start = yearBefore(end) + 1;
  const books = openBooks();
  for (let day = start; day <= end; day++) {
    if (day === start) openCompany(books, day);
    closeMonth(books, day);
    sellInShop(books, day);
    sellToTrade(books, day, day - start);
    collect(books, day);
    buyStock(books, day);
    payRoll(books, day, day - start);
    payBills(books, day);
    useCard(books, day);
    serveOwnerAndBank(books, day);
  }
  return books.entries;
}

interface Owed {
  readonly due: DayNumber;
  readonly name: string;
  readonly document: string;
  readonly amount: number;
}

interface Books {
  readonly entries: DemoEntry[];
  /** Debits minus credits per account so far. */
  readonly balances: Map<string, number>;
  /** What stood on the tax and card accounts when the month ended: what falls due in the next. */
  readonly monthEnd: Map<string, number>;
  readonly invoices: Owed[];
  readonly bills: Owed[];
  weekCostOfShop: number;
  invoiceNumber: number;
  billNumber: number;
  random: number;
}

function openBooks(): Books {
  return {
    entries: [],
    balances: new Map(),
    monthEnd: new Map(),
    invoices: [],
    bills: [],
    weekCostOfShop: 0,
    invoiceNumber: 1001,
    billNumber: 501,
    random: 20_260_101,
  };
}

/** Amounts by account: positive is a debit, negative a credit, zero no line. */
type Movement = readonly (readonly [account: string, amount: number])[];

function post(books: Books, day: DayNumber, description: string, reference: string, movement: Movement): void {
  const lines = movement.filter(([, amount]) => amount !== 0);
  for (const [account, amount] of lines) books.balances.set(account, balance(books, account) + amount);
  books.entries.push({
    date: dateOfDay(day),
    description,
    reference,
    externalId: `demo-${String(books.entries.length + 1).padStart(4, "0")}`,
    lines: lines.map(([accountCode, amount]) => ({ accountCode, side: amount > 0 ? "debit" : "credit", amount: Math.abs(amount) })),
  });
}

function balance(books: Books, account: string): number {
  return books.balances.get(account) ?? 0;
}

/** The owner's money, the loan, and what is needed to open. */
function openCompany(books: Books, day: DayNumber): void {
  post(books, day, "Owner's capital paid in", "OPEN-1", [
    [checking, 9_000_000],
    [capital, -9_000_000],
  ]);
  post(books, day, "Equipment loan paid out", "OPEN-2", [
    [checking, loanPrincipal],
    [loan, -loanPrincipal],
  ]);
  post(books, day, "Roaster, grinder and counter", "OPEN-3", [
    [equipment, 5_400_000],
    [checking, -5_400_000],
  ]);
  post(books, day, "Tills and computers", "OPEN-4", [
    [computers, 648_000],
    [checking, -648_000],
  ]);
  post(books, day, "Deposit on the lease", "OPEN-5", [
    [deposits, 2 * monthlyRent],
    [checking, -2 * monthlyRent],
  ]);
  post(books, day, "Business insurance for a year", "OPEN-6", [
    [prepaidInsurance, 624_000],
    [checking, -624_000],
  ]);
  post(books, day, "First stock of green coffee and packaging", "OPEN-7", [
    [inventory, 2_600_000],
    [checking, -2_600_000],
  ]);
  post(books, day, "City business license", "OPEN-8", [
    [licenses, 38_500],
    [checking, -38_500],
  ]);
}

function closeMonth(books: Books, day: DayNumber): void {
  if (dayOfMonth(day) !== 1) return;
  for (const account of [salesTax, federalTaxes, stateTaxes, benefits, card]) books.monthEnd.set(account, -balance(books, account));
}

/** The shop's takings of each day, Monday to Saturday, paid out by the card processor less its fee; its goods leave stock by the week. */
function sellInShop(books: Books, day: DayNumber): void {
  if (isSunday(day)) return;
  const sales = between(books, isSaturday(day) ? 118_000 : 72_000, isSaturday(day) ? 212_000 : 146_000);
  const tax = share(sales, salesTaxBps);
  const fee = share(sales + tax, merchantFeeBps);
  post(books, day, "Shop takings", `POS-${dateOfDay(day)}`, [
    [checking, sales + tax - fee],
    [merchantFees, fee],
    [productSales, -sales],
    [salesTax, -tax],
  ]);
  books.weekCostOfShop += share(sales, retailCostBps);
  if (!isSaturday(day)) return;
  post(books, day, "Goods sold in the shop this week", `COGS-${dateOfDay(day)}`, [
    [costOfGoods, books.weekCostOfShop],
    [inventory, -books.weekCostOfShop],
  ]);
  books.weekCostOfShop = 0;
  if (between(books, 1, 5) > 1) return;
  const refund = between(books, 1_500, 8_900);
  const refundedTax = share(refund, salesTaxBps);
  post(books, day, "Refund to a shop customer", `REF-${dateOfDay(day)}`, [
    [refunds, refund],
    [salesTax, refundedTax],
    [checking, -refund - refundedTax],
  ]);
}

/** An invoice to a business each working day, free of sales tax (it resells), due in 15 to 45 days. */
function sellToTrade(books: Books, day: DayNumber, age: number): void {
  if (isWeekend(day)) return;
  const customer = pick(books, customers);
  // Trade grows over the year.
  const goods = between(books, 62_000 + age * 60, 168_000 + age * 140);
  const delivery = between(books, 1, 3) === 1 ? 4_500 : 0;
  const cost = share(goods, wholesaleCostBps);
  const document = `INV-${books.invoiceNumber++}`;
  post(books, day, `Invoice to ${customer}`, document, [
    [receivables, goods + delivery],
    [productSales, -goods],
    [shipping, -delivery],
    [costOfGoods, cost],
    [inventory, -cost],
  ]);
  books.invoices.push({ due: day + between(books, 15, 45), name: customer, document, amount: goods + delivery });
}

/** Customers pay when they are due; a few deduct 2 % for paying early, and one in a hundred never pays. */
function collect(books: Books, day: DayNumber): void {
  for (const { name, document, amount } of takeDue(books.invoices, day)) {
    const luck = between(books, 1, 100);
    const discount = luck > 92 ? share(amount, 200) : 0;
    if (luck === 1)
      post(books, day, `Written off: ${name}`, document, [
        [badDebts, amount],
        [receivables, -amount],
      ]);
    else
      post(books, day, `Payment from ${name}`, document, [
        [checking, amount - discount],
        [discounts, discount],
        [receivables, -amount],
      ]);
  }
}

/** Stock is bought on Tuesdays, and on Thursdays when it runs low, on 30 days. */
function buyStock(books: Books, day: DayNumber): void {
  const short = 3_000_000 - balance(books, inventory);
  if (isTuesday(day) || (isThursday(day) && short > 450_000)) {
    const amount = Math.max(60_000, share(short, between(books, 5_500, 9_000)));
    const supplier = pick(books, growers);
    const document = `BILL-${books.billNumber++}`;
    post(books, day, `Stock from ${supplier}`, document, [
      [inventory, amount],
      [payables, -amount],
    ]);
    books.bills.push({ due: day + 30, name: supplier, document, amount });
  }
  for (const { name, document, amount } of takeDue(books.bills, day)) {
    post(books, day, `Payment to ${name}`, document, [
      [payables, amount],
      [checking, -amount],
    ]);
  }
}

/** Wages every second Friday, one entry for each employee; what was withheld is paid over in the month after. */
function payRoll(books: Books, day: DayNumber, age: number): void {
  if (isFriday(day) && age % 14 < 7) {
    for (const { name, grossPay } of staff) {
      const fica = share(grossPay, ficaBps);
      const federal = share(grossPay, federalWithholdingBps);
      const state = share(grossPay, stateWithholdingBps);
      const federalDue = federal + 2 * fica;
      post(books, day, `Wages of ${name}`, `PAY-${dateOfDay(day)}`, [
        [wages, grossPay],
        [payrollTaxes, fica],
        [federalTaxes, -federalDue],
        [stateTaxes, -state],
        [checking, -(grossPay - fica - federal - state)],
      ]);
    }
  }
  if (dayOfMonth(day) === 25)
    post(books, day, "Health plan of the month", "HEALTH", [
      [employeeBenefits, 186_000],
      [benefits, -186_000],
    ]);
  if (dayOfMonth(day) === 10) settle(books, day, benefits, "Health plan paid");
  if (dayOfMonth(day) === 15) settle(books, day, federalTaxes, "Federal payroll tax deposit (Form 941)");
  if (dayOfMonth(day) === 15) settle(books, day, stateTaxes, "State payroll tax deposit");
  if (dayOfMonth(day) === 20) settle(books, day, salesTax, "Sales tax return");
  if (dayOfMonth(day) === 18) settle(books, day, card, "Card statement paid");
}

/** Pays what stood on a liability when the month ended. */
function settle(books: Books, day: DayNumber, account: string, description: string): void {
  const amount = books.monthEnd.get(account) ?? 0;
  if (amount > 0)
    post(books, day, description, `${account}-${dateOfDay(day).slice(0, 7)}`, [
      [account, amount],
      [checking, -amount],
    ]);
}

function payBills(books: Books, day: DayNumber): void {
  const date = dayOfMonth(day);
  const month = dateOfDay(day).slice(0, 7);
  if (date === 1)
    post(books, day, "Rent", `RENT-${month}`, [
      [rent, monthlyRent],
      [checking, -monthlyRent],
    ]);
  for (const bill of monthlyBills) {
    if (bill.day !== date) continue;
    const amount = between(books, bill.from, bill.to);
    post(books, day, bill.what, `DD-${month}`, [
      [bill.account, amount],
      [checking, -amount],
    ]);
  }
  if (date === 28) {
    post(books, day, "Insurance of the month", `INS-${month}`, [
      [insurance, 52_000],
      [prepaidInsurance, -52_000],
    ]);
    post(books, day, "Depreciation of equipment, 60 months", `DEP-${month}`, [
      [depreciation, 90_000],
      [equipmentDepreciation, -90_000],
    ]);
    post(books, day, "Depreciation of computers, 36 months", `DEP-${month}`, [
      [depreciation, 18_000],
      [computersDepreciation, -18_000],
    ]);
  }
  const quarterly = date === 12 && Number(month.slice(5)) % 3 === 1;
  if (quarterly)
    post(books, day, "Accountant, quarterly review", `CPA-${month}`, [
      [professional, 97_500],
      [checking, -97_500],
    ]);
}

/** About three card purchases a week. */
function useCard(books: Books, day: DayNumber): void {
  if (isSunday(day) || between(books, 1, 2) === 2) return;
  const use = pick(books, cardUses);
  const amount = between(books, use.from, use.to);
  post(books, day, use.what, `CARD-${dateOfDay(day)}`, [
    [use.account, amount],
    [card, -amount],
  ]);
}

/** Loan instalments with their interest, savings, and the owner's drawings. */
function serveOwnerAndBank(books: Books, day: DayNumber): void {
  const date = dayOfMonth(day);
  const month = dateOfDay(day).slice(0, 7);
  if (date === 5) {
    const interest = share(Math.floor(-balance(books, loan) / 12), loanYearlyRateBps);
    post(books, day, "Loan instalment", `LOAN-${month}`, [
      [loan, loanPayment - interest],
      [interestExpense, interest],
      [checking, -loanPayment],
    ]);
  }
  if (date === 6 || date === 21)
    post(books, day, "Owner's draw", `DRAW-${month}`, [
      [draws, 165_000],
      [checking, -165_000],
    ]);
  if (date === 22)
    post(books, day, "To the savings account", `SAVE-${month}`, [
      [savings, 100_000],
      [checking, -100_000],
    ]);
  const earned = share(Math.floor(balance(books, savings) / 12), 240);
  if (date === 28 && earned > 0)
    post(books, day, "Interest on savings", `INT-${month}`, [
      [savings, earned],
      [interestIncome, -earned],
    ]);
}

/** Removes what is due by `day`, in the order in which it was added. */
function takeDue(owed: Owed[], day: DayNumber): Owed[] {
  const due = owed.filter((one) => one.due <= day);
  for (const one of due) owed.splice(owed.indexOf(one), 1);
  return due;
}

/** `bps` ten-thousandths of an amount, rounded half up to the cent. Exact: both stay far below 2^53. */
function share(amount: number, bps: number): number {
  return Math.floor((amount * bps + 5_000) / 10_000);
}

/** A whole number from `from` to `to`, both included. The generator is Numerical Recipes' 32-bit congruential one; its high bits are used. */
function between(books: Books, from: number, to: number): number {
  books.random = (Math.imul(books.random, 1_664_525) + 1_013_904_223) >>> 0;
  return from + Math.floor((books.random / 4_294_967_296) * (to - from + 1));
}

function pick<T>(books: Books, from: readonly T[]): T {
  // In bounds by construction.
  return from[between(books, 0, from.length - 1)] as T;
}

function yearBefore(day: DayNumber): DayNumber {
  const [year = 0, month = 0, date = 0] = dateOfDay(day).split("-").map(Number);
  // 29 February has its year before on the 28th.
  return dayNumber(year - 1, month, month === 2 && date === 29 ? 28 : date);
}

function dayOfMonth(day: DayNumber): number {
  return Number(dateOfDay(day).slice(8));
}

/** 1970-01-01 was a Thursday; Sunday is 0. */
function weekday(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}
const isSunday = (day: DayNumber) => weekday(day) === 0;
const isTuesday = (day: DayNumber) => weekday(day) === 2;
const isThursday = (day: DayNumber) => weekday(day) === 4;
const isFriday = (day: DayNumber) => weekday(day) === 5;
const isSaturday = (day: DayNumber) => weekday(day) === 6;
const isWeekend = (day: DayNumber) => isSunday(day) || isSaturday(day);
