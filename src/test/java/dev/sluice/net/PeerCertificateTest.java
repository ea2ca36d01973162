package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeerCertificateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=batch,OU=agents,O=us | batch",
                "OU=agents,cn=batch | batch",
                "CN=inner,OU=agents,CN=outer | inner",
                "UID=7+CN=batch,O=us | batch",
                "CN=a\\,b,O=us | a,b",
                "O=us,C=DE | ''",
                "CN=#1301 | ''",
                "'' | ''"
            })
    void theCommonNameIsReadAndNothingElse(String subject, String name) {
        assertThat(PeerCertificate.commonName(subject)).isEqualTo(name);
    }

    @Test
    void inTheClearThereIsNone() {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThat(PeerCertificate.commonName(channel)).isEmpty();
        channel.finishAndReleaseAll();
    }
}
