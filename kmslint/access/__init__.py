"""The evaluator: who may do what with a key, and why. Knows only the model.

It reads best in the order in which AWS decides:

1.  `decide`: the order in which policies are asked, and what each may settle; `reasons`: which of it settled a decision
2.  `principals`: whom a Principal or NotPrincipal means
3.  `matching`: Action and NotAction, and whether a statement applies; `resources`: Resource and NotResource
4.  `conditions`: over operators (`operators`, `moments`), keys (`context`) and policy variables (`variables`)
5.  `key_policy`: what a key policy says; `other_policies`: what IAM policies, boundaries, SCPs and the others say
6.  `lockout`: who can still manage the key tomorrow; `delegation`, `exposure`, `classes`: whom it lets in
7.  `grants`: what holds beside every policy; `estate_grants`: those that an estate makes

A question is a `situation`: a `caller`, an action, a key, and one `request` or all the requests that the caller can
make. `askers`, `matrix`, `proof`, `residual` and `phrases` put the answers for one key together and into words.
"""
