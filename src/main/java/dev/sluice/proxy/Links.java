package dev.sluice.proxy;

import dev.sluice.config.UpstreamAddress;
import dev.sluice.net.Credentials;

/**
 * Where the engine is and how it is reached: made once at start. Immutable; its parts are thread-safe.
 *
 * @param credentials shown to clients and the engine
 * @param breaker tells whether to try to connect
 */
record Links(UpstreamAddress upstream, Credentials credentials, CircuitBreaker breaker) {}
