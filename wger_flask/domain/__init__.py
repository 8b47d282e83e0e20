"""What the server is about: one folder a subject, each with its models, schemas and resources.

A subject imports the public facade, the engine and the models of other subjects, nothing else:
whatever is possible here is possible in a plugin.
"""
