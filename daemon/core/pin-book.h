/* SPDX-License-Identifier: MIT
 *
 * The containers that have pins, as far as this process knows: who binds a pin writes the container's id down, who hears of its end
 * takes it out.  Any thread.
 */
#pragma once

#include <stdbool.h>

typedef struct PinBook PinBook;

PinBook *pin_book_new(void);
void pin_book_free(PinBook *book); /* NULL is accepted */
/* Of more than LIMIT_PIN_CONTAINERS nothing is remembered: their pins end with their time. */
void pin_book_add(PinBook *book, const char *container);
/* False: it is not in the book. */
bool pin_book_remove(PinBook *book, const char *container);
bool pin_book_empty(PinBook *book);
/* Docker was allowed to remove containers while its events were not heard; pin_book_missed() says so once. */
void pin_book_miss(PinBook *book);
bool pin_book_missed(PinBook *book);
