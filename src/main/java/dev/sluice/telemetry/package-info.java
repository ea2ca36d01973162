/** Meters and the logs of exchanges and decisions. */
@NullMarked
package dev.sluice.telemetry;

import org.jspecify.annotations.NullMarked;
