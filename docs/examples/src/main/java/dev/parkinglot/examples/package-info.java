/** Programs that show the locks at work. They are run, read and copied from, never published. */
package dev.parkinglot.examples;
