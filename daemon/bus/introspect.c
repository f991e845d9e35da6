/* SPDX-License-Identifier: MIT
 *
 * The introspection data with its documentation (D-Bus Specification, Introspection Data Format; the annotation that tools show is
 * org.gtk.GDBus.DocString, gdbus-codegen(1)): sd-bus's own has none.
 */
#include <string.h>
#include "bus/method.h"

#define DOCTYPE                                                                                  \
	"<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n" \
	" \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"

static void put_says(GString *out, const char *indent, const char *says)
{
	g_autofree char *text = g_markup_escape_text(says, -1);

	g_string_append_printf(out, "%s<annotation name=\"org.gtk.GDBus.DocString\" value=\"%s\"/>\n", indent, text);
}

static void put_arguments(GString *out, const char *arguments, const char *direction)
{
	g_auto(GStrv) parts = g_strsplit(arguments, ", ", -1);

	for (char **part = parts; *part && **part; part++) {
		g_auto(GStrv) words = g_strsplit(*part, " ", 2);
		g_string_append_printf(out, "      <arg type=\"%s\" name=\"%s\"%s/>\n", words[0], words[1], direction);
	}
}

static void put_method(GString *out, const Method *method)
{
	g_autofree char *says = method->action ? g_strdup_printf("%s Action: %s.", method->says, method->action + strlen(ACTION(""))) : g_strdup(method->says);

	g_string_append_printf(out, "    <method name=\"%s\">\n", method->name);
	put_says(out, "      ", says);
	put_arguments(out, method->in, " direction=\"in\"");
	put_arguments(out, method->out, " direction=\"out\"");
	g_string_append(out, "    </method>\n");
}

static void put_property(GString *out, const Property *property)
{
	static const char *const words[] = { [PROPERTY_CONST] = "const", [PROPERTY_SILENT] = "false", [PROPERTY_CHANGES] = NULL };

	g_string_append_printf(out, "    <property name=\"%s\" type=\"%s\" access=\"read\">\n", property->name, property->type);
	put_says(out, "      ", property->says);
	if (words[property->kind])
		g_string_append_printf(out, "      <annotation name=\"org.freedesktop.DBus.Property.EmitsChangedSignal\" value=\"%s\"/>\n", words[property->kind]);
	g_string_append(out, "    </property>\n");
}

static void put_signal(GString *out, const Signal *signal)
{
	g_string_append_printf(out, "    <signal name=\"%s\">\n", signal->name);
	put_says(out, "      ", signal->says);
	put_arguments(out, signal->arguments, "");
	g_string_append(out, "    </signal>\n");
}

static void put_interface(GString *out, const Interface *interface)
{
	g_string_append_printf(out, "  <interface name=\"%s\">\n", interface->name);
	put_says(out, "    ", interface->says);
	for (size_t i = 0; i < interface->method_count; i++)
		put_method(out, &interface->methods[i]);
	for (size_t i = 0; i < interface->property_count; i++)
		put_property(out, &interface->properties[i]);
	for (size_t i = 0; i < interface->signal_count; i++)
		put_signal(out, &interface->signals[i]);
	g_string_append(out, "  </interface>\n");
}

char *introspect(const char *object, const char *const *names, size_t count)
{
	GString *out = g_string_new(DOCTYPE "<!-- SPDX-License-Identifier: MIT -->\n<!-- Printed from the tables of daemon/bus/methods.c. -->\n");

	if (object)
		g_string_append_printf(out, "<node name=\"%s\">\n", object);
	else
		g_string_append(out, "<node>\n");
	for (size_t i = 0; i < count; i++)
		put_interface(out, interface_find(names[i]));
	g_string_append(out, "</node>\n");
	return g_string_free(out, FALSE);
}
