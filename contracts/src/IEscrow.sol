// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowTypes} from "./IEscrowTypes.sol";

/// @title The escrow of Weft
/// @notice Holds what publishers deposit for their jobs and pays it out, to the wei, as their settlers signed it.
/// It has no owner, takes no fee and cannot be changed. A posted total is earmarked for ever; what was never
/// posted goes back to the publisher when the job closes.
interface IEscrow is IEscrowTypes {
    /// @notice Opens a job with `budget + bond` behind it, in the chain's coin or in a token the caller approved. Of a
    /// token that keeps a part of what is sent, the budget is what arrives beyond the bond.
    /// @param contact How to reach the publisher. Only emitted, so that a job can be found from the chain alone.
    /// @return jobId The hash of the escrow's domain and the opening.
    function open(Opening calldata opening, bytes calldata contact) external payable returns (bytes32 jobId);

    /// @notice Opens a job that its publisher has signed for (EIP-712 OpenJob): the token is drawn from the publisher,
    /// the chain's own coin is a gift of the caller.
    function openFor(SignedOpening calldata signed) external payable returns (bytes32 jobId);

    /// @notice Opens a job with what the caller has earned in others; the caller adds what is missing, and what is left
    /// over becomes its credit.
    function claimAndOpen(ProvenLeaf[] calldata leaves, Opening calldata opening, bytes calldata contact)
        external
        payable
        returns (bytes32 jobId);

    /// @notice Adds to the budget of a job that is not closed. Anybody may; it changes nothing else.
    function topUp(bytes32 jobId, uint256 amount) external payable;

    /// @notice Gives the epochs after the next one to another settler: payees may hold promises of the next already. Until
    /// that one is posted the choice can be changed; then not before `challengeDelay` is over, so that the settler of an
    /// epoch can be found among few for as long as it can be challenged.
    function setSettler(Opening calldata opening, address settler) external;

    /// @notice Begins the close: by the publisher at any time, by anybody once the job has expired.
    /// For `closeDelay` statements can still be posted.
    function beginClose(Opening calldata opening) external;

    /// @notice Ends the close, once no epoch is pending and no promise can be challenged any more: what no posted total
    /// earmarks goes back to the publisher, and what is left of the bond with it.
    function close(Opening calldata opening) external;

    /// @notice Posts a statement and earmarks its total for ever. Anybody may. The first post of an epoch starts its
    /// `postDelay`; until it ends a higher `seq` replaces the statement. One marked `last` is final at once while the
    /// epoch before is final and all that was posted in this window and the one before, itself included, stays within
    /// half the bond. A window lasts `postDelay + challengeDelay`: all that became final within `challengeDelay` counts.
    /// @dev One poster per epoch gets `postBounty` while the reserve lasts, if it is neither the publisher nor the settler
    /// of the epoch or of the newest.
    function post(Opening calldata opening, Statement calldata statement, bytes calldata signature) external;

    /// @notice Posts an epoch that a quorum of payees has signed, weighted by the latest final epoch of the settler. It is
    /// final after `forceDelay`. All forced epochs together pay at most `forceCap`, and a quarter of what is final.
    /// @param attestations In rising order of their accounts.
    function force(Opening calldata opening, Forced calldata forced, Attestation[] calldata attestations) external;

    /// @notice Cancels a pending forced epoch with this root. Anybody may send what the settler signed.
    function veto(Veto calldata order, bytes calldata signature) external;

    /// @notice Pays one leaf of a final epoch to the leaf's account, in full. Anybody may call.
    function claim(ProvenLeaf calldata proven) external;

    /// @notice Pays several leaves, leaving out those that were claimed before. What an account refuses becomes its credit.
    function claimMany(ProvenLeaf[] calldata leaves) external;

    /// @notice Pays an account what it has refused before, or has left over.
    function claimCredit(address token, address account) external;

    /// @notice Pays leaves and credit of an account to the address that the account has signed for, and a fee of at most
    /// `maxFee` to the caller.
    function cashout(CashoutCall calldata call) external;

    /// @notice Several cash-outs of one token to one address, paid in one sum.
    function cashoutMany(CashoutCall[] calldata calls) external;

    /// @notice Shows a signed promise of a posted epoch and asks for the leaves that keep it. Possible until
    /// `challengeDelay` after the epoch became final. A higher promise of the account takes the place of a lower one.
    function challenge(Opening calldata opening, Challenge calldata broken) external;

    /// @notice Shows leaves of the settler's final epochs, of the account and in rising order of epoch and index. If they
    /// add up to what was promised the challenge is over, else they lessen what is missing. Anybody may.
    function answer(bytes32 jobId, address account, ProvenLeaf[] calldata leaves) external;

    /// @notice Ends a challenge that was not answered in time: the bond pays the account what is missing, up to half of
    /// itself, and loses as much again.
    function resolve(bytes32 jobId, address account) external;

    /// @notice Says something about the other side of a job: an account with a final leaf about the publisher, or the
    /// publisher about such an account. Only emitted.
    function feedback(Opening calldata opening, ProvenLeaf calldata proven, uint256 score, bytes32 evidence) external;

    /// @notice The words of these storage slots. One function for all that there is to see keeps the escrow small.
    /// @dev The slot numbers, with keccak256(abi.encode(key, slot)) for each key of a mapping: 0 `Job` by job, 1 `Epoch` by
    /// job and number, 2 bits of claimed leaves by job, number and index / 256, 3 former settlers (20 bytes, then
    /// the first epoch) by job and the first epoch of their successor, 4 credit by token and account, 5 bits
    /// of used nonces by account and nonce / 256, 6 `Dispute` by job and account. Structs are packed from
    /// the lowest bits, in the order of their fields.
    function read(bytes32[] calldata slots) external view returns (bytes32[] memory words);
}
