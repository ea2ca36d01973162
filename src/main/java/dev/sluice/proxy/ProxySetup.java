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

    UpstreamAddress upstream() {
        return links.upstream();
    }
}
