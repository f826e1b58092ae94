/**
 * The way from the drop-in locks to the cores that they extend, which lie in another package. Not exported: what has no
 * business being a member of a class that looks like the JDK's passes through here.
 */
package dev.parkinglot.locks.internal;
