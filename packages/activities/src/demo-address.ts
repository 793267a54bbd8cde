import type { Json } from '@perdure/graph';
import type { ActivityContext } from './activity.ts';
import type { AllowedPlace } from './allowed-place.ts';

const pathPrefix = '/demo-services';

export function demoPlace(origin: string): AllowedPlace {
  return { origin, pathPrefix };
}

/**
 * `demo:/flights` → the demo service of the installation that runs the step, wherever that listens. The attempt goes along, so that a service
 * which fails on demand fails the same attempts when one is repeated after a crash. Any other input is passed on as it is.
 */
export function withDemoAddress(input: Json, { attempt }: Pick<ActivityContext, 'attempt'>, demoOrigin: string | undefined): Json {
  if (demoOrigin === undefined || typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const { url, headers } = input;
  if (typeof url !== 'string' || !url.toLowerCase().startsWith('demo:/')) return input;
  const given = typeof headers === 'object' && headers !== null && !Array.isArray(headers) ? headers : {};
  const path = url.slice('demo:'.length).replace(/^\/+/, '/');
  return { ...input, url: `${demoOrigin}${pathPrefix}${path}`, headers: { ...given, 'Perdure-Attempt': String(attempt) } };
}
