package dev.sluice.proxy;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;

/**
 * What all connections of one proxy share: of its configuration, what was in force when the exchange began. Immutable.
 *
 * @param steps reads governed requests
 * @param bodies counts what is being collected
 * @param isCertified whether a client's certificate tells its tenant: as at start, like TLS itself
 */
record ProxySetup(
        SluiceConfig config, ProxyParts parts, Links links, StepReader steps, BodyAccount bodies, boolean isCertified) {

    /** Most connections that clients may have: as is set, and as there are descriptors for. */
    int mostConnections() {
        return Math.min(config.limits().connections(), parts.resources().mostConnections());
    }

    UpstreamAddress upstream() {
        return links.upstream();
    }
}
