/** The client APIs that Sluice governs: routes, what a request says, usage in answers, error bodies. Bytes in, facts out; no Netty. */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
