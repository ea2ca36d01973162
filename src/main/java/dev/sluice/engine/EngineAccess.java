package dev.sluice.engine;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How an engine that asks for credentials is read. Immutable.
 *
 * @param tls for connections that begin now, to an address that is {@code https}
 * @param key puts the engine's key into a request, if there is one
 */
record EngineAccess(Supplier<SslContext> tls, Consumer<HttpHeaders> key) {

    EngineAccess withoutKey() {
        return new EngineAccess(tls, fields -> {});
    }
}
