import type { JsonObject } from '@perdure/graph';

type Answer = (request: JsonObject, digest: string) => JsonObject;

/** What each service answers, from the request and a digest that is the same for the same booking. */
export const demoAnswers: Readonly<Record<string, Answer>> = {
  flights: (request, digest) => ({
    confirmation: reference('FL', digest),
    carrier: pick(carriers, digest),
    ...route(request),
    price: amount(digest, 120, 640),
    currency: 'EUR',
  }),
  trains: (request, digest) => ({
    confirmation: reference('TR', digest),
    carrier: pick(railways, digest),
    ...route(request),
    price: amount(digest, 60, 210),
    currency: 'EUR',
  }),
  hotels: (request, digest) => ({
    confirmation: reference('HO', digest),
    hotel: pick(hotels, digest),
    city: text(request.city, 'Lisbon'),
    price: amount(digest, 240, 900),
    currency: 'EUR',
  }),
  cars: (request, digest) => ({
    confirmation: reference('CA', digest),
    car: pick(cars, digest),
    city: text(request.city, 'Lisbon'),
    price: amount(digest, 90, 320),
    currency: 'EUR',
  }),
  expenses: (request, digest) => ({
    reference: reference('EX', digest),
    description: text(request.description, 'Receipt'),
    amount: typeof request.amount === 'number' ? request.amount : 0,
    accepted: true,
  }),
  'credit-check': (request, digest) => ({
    customer: text(request.customer, 'Unknown'),
    score: 580 + (numberOf(digest) % 270),
    limit: 25_000,
  }),
  'fraud-score': (_, digest) => ({ score: numberOf(digest) % 40, verdict: 'low' }),
  stock: (_, digest) => ({ reservation: reference('ST', digest), warehouse: pick(warehouses, digest) }),
  payment: (request, digest) => ({
    receipt: reference('PA', digest),
    amount: typeof request.amount === 'number' ? request.amount : 0,
    currency: text(request.currency, 'EUR'),
  }),
  registrations: (request, digest) => ({
    registration: reference('RG', digest),
    attendee: text(request.attendee, 'Unknown'),
    conference: text(request.conference, 'Conference'),
  }),
  cancellations: (request, digest) => ({ cancellation: reference('CN', digest), confirmation: text(request.confirmation, 'Unknown') }),
  messages: (request, digest) => ({ message: reference('MS', digest), to: text(request.to, 'Unknown') }),
  /** Rises with every check, so that a monitor has something to wait for. */
  quotes: (request) => ({
    symbol: text(request.symbol, 'NRDW'),
    price: 100 + 3 * Math.max(0, number(request.check)),
    currency: 'EUR',
  }),
  alerts: (request, digest) => ({ alert: reference('AL', digest), device: text(request.device, 'Unknown') }),
  jobs: (request, digest) => ({ job: reference('JB', digest), resource: text(request.resource, 'Unknown') }),
  portfolio: (request) => ({ name: text(request.name, 'Portfolio'), value: 1_800_000, currency: 'EUR', positions: 42 }),
  'risk-model': (request) => ({
    scenario: text(request.scenario, 'Base case'),
    loss: Math.round(number(request.value) * (shocks[text(request.scenario, '')] ?? 0.05)),
  }),
  reports: (_, digest) => ({ report: reference('RP', digest) }),
  /** Larger payments are more doubtful. */
  'payment-risk': (request) => {
    const score = Math.min(99, Math.floor(Math.max(0, number(request.amount)) / 100));
    return { score, signs: score < 40 ? [] : ['Amount far above what is usual', 'First payment to this account'] };
  },
  appointments: (request, digest) => ({
    appointment: reference('AP', digest),
    specialty: text(request.specialty, 'General'),
    inDays: request.urgent === true ? 2 : 19,
  }),
  offers: (request, digest) => ({
    offer: reference('OF', digest),
    supplier: text(request.supplier, 'Unknown'),
    price: amount(digest, 90, 140),
    currency: 'EUR',
  }),
};

const shocks: Readonly<Record<string, number>> = {
  'Rates up': 0.04,
  'Rates down': 0.01,
  'Equity crash': 0.18,
  'Currency shock': 0.07,
  'Credit spread': 0.05,
};

const carriers = ['Nordwind', 'Aerolusa', 'Baltic Wings', 'Skyline'];
const railways = ['Intercity Europa', 'Night Express', 'Coast Line'];
const hotels = ['Hotel Mirador', 'Harbour House', 'The Old Mint', 'Pension Linde'];
const cars = ['compact', 'estate', 'electric'];
const warehouses = ['Rotterdam', 'Leipzig', 'Malmö'];

function numberOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 8), 16);
}

function reference(prefix: string, digest: string): string {
  return `${prefix}-${digest.slice(8, 14).toUpperCase()}`;
}

function pick(names: readonly string[], digest: string): string {
  return names[numberOf(digest) % names.length] ?? '';
}

function amount(digest: string, least: number, most: number): number {
  return least + (numberOf(digest) % ((most - least) * 100)) / 100;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : otherwise;
}

function route(request: JsonObject): JsonObject {
  return { from: text(request.from, 'Hamburg'), to: text(request.to, 'Lisbon') };
}
