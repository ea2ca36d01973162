package dev.sluice.app;

import dev.sluice.gate.Loop;
import dev.sluice.net.Credentials;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes new certificates and keys as they come to lie in their files, without a restart: connections that begin from then on use
 * them. Looks every two seconds. Confined to its loop.
 */
final class CredentialWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialWatch.class);

    private static final Duration PACE = Duration.ofSeconds(2);

    private final Credentials credentials;
    private String lastFailure = "";

    private CredentialWatch(Credentials credentials) {
        this.credentials = credentials;
    }

    /** Watches from now on. */
    static void start(Credentials credentials, Loop loop) {
        CredentialWatch watch = new CredentialWatch(credentials);
        loop.repeat(PACE, watch::look);
    }

    private void look() {
        credentials.renew(
                what -> LOG.info("Credentials read again, and in force for new connections setting={}", what),
                this::onFailure);
    }

    /** Once per failure, not every two seconds. */
    private void onFailure(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.equals(lastFailure)) {
            lastFailure = message;
            LOG.warn("Credentials cannot be used, those before stay in force cause={}", message);
        }
    }
}
