/** The locks of the course "How a lock works" (docs/course), each in a page and each better than the one before. */
package dev.parkinglot.examples.course;
