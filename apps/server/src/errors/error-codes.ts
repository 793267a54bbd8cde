/**
 * Every code an answer of this server can carry, once: its HTTP status and what it means. docs/errors.md is generated from here.
 * A code is stable; its words may change.
 */
export const errorCodes = {
  'auth.required': { status: 401, meaning: 'Nobody is signed in, and no key was sent.' },
  'auth.key-invalid': { status: 401, meaning: 'The key is not one of this installation, was revoked, or has expired.' },
  'auth.forbidden': { status: 403, meaning: 'The signed-in person, or the key, does not have the permission this needs.' },
  'auth.origin-refused': { status: 403, meaning: 'The request came from a page of another origin while using the session cookie.' },
  'auth.link-invalid': { status: 401, meaning: 'The link was used already, has expired, or never existed.' },
  'auth.too-many-attempts': {
    status: 429,
    meaning: 'Too many wrong keys, links or passwords came from this address. The message says how long to wait.',
  },
  'auth.wrong-password': { status: 401, meaning: 'There is no account with this e-mail address and password, or it is disabled.' },
  'auth.locked': {
    status: 423,
    meaning: 'Too many wrong passwords were given for this account. `details` holds the milliseconds to wait; a sign-in link still works.',
  },
  'people.unknown': { status: 404, meaning: 'There is no such person.' },
  'people.exists': { status: 409, meaning: 'There is an account with this e-mail address already.' },
  'people.last-admin': { status: 409, meaning: 'Nobody would be left who is an administrator for all workflows and may sign in.' },
  'invitation.unknown': { status: 404, meaning: 'There is no such invitation, or it was accepted or withdrawn.' },
  'group.unknown': { status: 404, meaning: 'There is no such group.' },
  'group.exists': { status: 409, meaning: 'There is a group with this name already.' },
  'api-key.unknown': { status: 404, meaning: 'There is no such key, or it was revoked.' },
  'api-key.exists': { status: 409, meaning: 'There is, or was, a key with this name. The audit log would not tell them apart.' },
  'session.unknown': { status: 404, meaning: 'There is no such session, or it has ended.' },
  'body.invalid-json': { status: 400, meaning: 'The body is not JSON. `details` holds the line and column.' },
  'body.refused-key': {
    status: 400,
    meaning:
      'The body holds a key that is not allowed (`__proto__`, `constructor`, `prototype`, `$payload`), holds a key twice, or nests deeper than 64 levels.',
  },
  'body.too-large': { status: 413, meaning: 'The body is over the limit of its route.' },
  'body.media-type': { status: 415, meaning: 'The body is not `application/json`.' },
  'input.invalid': { status: 400, meaning: 'A field is missing, unknown or of the wrong type. `details` lists `{ field, message }`.' },
  'request.invalid': { status: 400, meaning: 'The request cannot be understood.' },
  'route.unknown': { status: 404, meaning: 'There is nothing at this address.' },
  'method.refused': { status: 405, meaning: 'The address exists, the method does not.' },
  'workflow.unknown': {
    status: 404,
    meaning: 'There is no workflow with this key. On the Durable Functions routes a start answers 400, as documented there.',
  },
  'workflow.exists': { status: 409, meaning: 'The key is taken. Keys of archived workflows stay taken.' },
  'template.unknown': { status: 404, meaning: 'There is no template with this key.' },
  'template.values': {
    status: 400,
    meaning: 'Parameters of the template have values they cannot have. `details` lists `{ field, message }`.',
  },
  'workflow.unpublished': { status: 409, meaning: 'The workflow has no published version yet.' },
  'version.unknown': { status: 404, meaning: 'The workflow has no such version.' },
  'document.invalid': { status: 400, meaning: 'The workflow document cannot be read. `details` lists the problems.' },
  'document.not-checked': {
    status: 503,
    meaning: 'The workflow could not be checked in time. The message says whether it is too large for that.',
  },
  'draft.conflict': { status: 409, meaning: 'The draft was saved by somebody else meanwhile. `details` holds its revision.' },
  'publish.problems': { status: 422, meaning: 'The draft has problems that block publishing. `details` lists them.' },
  'publish.scenarios': { status: 422, meaning: 'Scenarios of the draft failed. `details` lists their results.' },
  'expression.syntax': { status: 400, meaning: 'The expression does not parse.' },
  'instance.unknown': { status: 404, meaning: 'There is no instance with this id.' },
  'instance.exists': { status: 409, meaning: 'There is an instance with this id that is still live, or may not be replaced.' },
  'instance.finished': { status: 410, meaning: 'The instance has finished: it takes no events and no commands any more.' },
  'instance.not-finished': { status: 409, meaning: 'The instance is live. Terminate it first.' },
  'instance.not-suspended': { status: 409, meaning: 'The instance is not suspended.' },
  'instance.already-suspended': { status: 409, meaning: 'The instance is suspended already.' },
  'instance.not-failed': { status: 409, meaning: 'The instance has not failed: there is nothing to rewind.' },
  'instance.not-rewindable': {
    status: 409,
    meaning:
      'Nothing in the failed instance could go differently if it went on: a join starved, or it failed under a version that kept too little.',
  },
  'instance.changed': { status: 409, meaning: 'The instance goes on too fast for its migration to be checked. Suspend it first.' },
  'migration.problems': {
    status: 422,
    meaning: 'The instance cannot go on in that version as mapped. `details` lists the problems, each with its code.',
  },
  'instance.none-found': { status: 404, meaning: 'No instance matches the filter of the purge.' },
  'entity.unknown': { status: 404, meaning: 'There is no such entity, or it has no state.' },
  'entity.unknown-type': { status: 404, meaning: 'There is no entity type with this name, or it is archived.' },
  'entity.invalid-id': { status: 400, meaning: 'The name cannot be that of an entity type, or the key cannot be one.' },
  'entity-type.exists': { status: 409, meaning: 'The name of the entity type is taken. Names of archived types stay taken.' },
  'payload.unknown': { status: 404, meaning: 'The instance mentions no such value.' },
  'payload.too-large': { status: 413, meaning: 'A value is over 10 MB. `details` holds its field and the limit in bytes.' },
  'step.not-quarantined': {
    status: 409,
    meaning: 'The step is not held in quarantine: it was released, given up, or has ended meanwhile.',
  },
  'step.not-waiting': { status: 409, meaning: 'The step does not wait for another attempt: it runs, or is over.' },
  'step.not-open': { status: 409, meaning: 'The step is not open, and did not fail with its instance.' },
  'step.unknown-port': { status: 400, meaning: 'The step cannot be left by this port when it is skipped.' },
  'task.unknown': { status: 404, meaning: 'There is no such task, or it is not for the signed-in person to see.' },
  'task.gone': { status: 410, meaning: 'The task was closed without a decision: its deadline passed, or it was cancelled.' },
  'task.already-decided': { status: 409, meaning: 'Somebody decided the task first. `details` says who, when and how.' },
  'task.already-claimed': { status: 409, meaning: 'Somebody else has claimed the task. `details` says who and when.' },
  'task.not-claimant': { status: 409, meaning: 'The task is claimed by somebody else, or by nobody.' },
  'task.unknown-outcome': { status: 400, meaning: 'The task has no such outcome.' },
  stale: { status: 409, meaning: 'What this was about is over already.' },
  unavailable: {
    status: 503,
    meaning:
      'Postgres is away, full, slow or out of connections, too many requests wait for it, or no worker owns the instance right now; the message says which. Nothing was acknowledged; repeat the request after `Retry-After` seconds, a start with the same instance id.',
  },
  internal: { status: 500, meaning: 'A fault of the server. The answer carries the request id under which the log has the rest.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;
