export { createGateway, type Gateway, type GatewayOptions, type GatewayParts } from './gateway.ts';
export type { Clock } from './platform/clock.ts';
export { ConfigError, type ErrorCode, errorCodes, GatewayError } from './model/errors.ts';
export type { ExecuteInProcess, InProcessAnswer, InProcessRequest } from './operations/in-process.ts';
export type { Logger } from './platform/logger.ts';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox/sandbox.ts';
export type { GatewaySettings } from './settings/gateway-settings.ts';
