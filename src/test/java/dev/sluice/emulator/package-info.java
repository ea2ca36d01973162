@NullMarked
package dev.sluice.emulator;

import org.jspecify.annotations.NullMarked;
