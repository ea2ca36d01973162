package dev.sluice.proxy;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one proxy share: of its configuration, what was in force when the exchange began. Immutable.
 *
 * @param steps reads governed requests
 * @param bodies counts what is being collected
 * @param tls how to speak TLS to the engine; null if it is spoken to in the clear
 */
record ProxySetup(
        SluiceConfig config,
        ProxyParts parts,
        UpstreamAddress upstream,
        StepReader steps,
        BodyAccount bodies,
        @Nullable SslContext tls) {}
