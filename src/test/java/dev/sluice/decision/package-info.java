@NullMarked
package dev.sluice.decision;

import org.jspecify.annotations.NullMarked;
