/** Agents and scenarios: against the emulator core in virtual time, and over HTTP for the demo. */
@NullMarked
package dev.sluice.simulate;

import org.jspecify.annotations.NullMarked;
